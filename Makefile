# taut: make run, make test; make help lists the rest.

BUILD ?= build
CC ?= cc
CFLAGS ?= -O2 -g
SAN ?=
WARN = -Wall -Wextra -Wshadow -Wvla -Werror
HARDEN = -fstack-protector-strong -fPIE
LLHTTP = /usr/share/llhttp
LLHTTP_INC = /usr/share/include/llhttp
CPPFLAGS += -D_GNU_SOURCE -DLLHTTP_STRICT_MODE=1 -Isrc -I. -I$(BUILD)/gen -isystem $(LLHTTP_INC) -isystem /usr/include/postgresql -isystem /usr/include/libxml2
ALL_CFLAGS = -std=c17 $(CFLAGS) $(SAN) $(WARN) $(HARDEN) -MMD -MP
LIBS = -lsqlite3 -lpq -lcurl -lssl -lcrypto -lz -lsodium -lutf8proc -lmaxminddb -lisal -lpthread -lm

SRC = $(wildcard src/*.c src/*/*.c)
GEN = err scope methods objects events replies settings sql schema_image emoji_names filetypes subscription dev_builtin openapi
LLHTTP_OBJ = $(addprefix $(BUILD)/obj/llhttp/,llhttp.o api.o http.o)
OBJ = $(SRC:src/%.c=$(BUILD)/obj/%.o) $(GEN:%=$(BUILD)/obj/gen/%.o) $(LLHTTP_OBJ)
LIB = $(BUILD)/libtaut-server.a
CATALOGUE = $(shell find catalogue tools/gen -type f -not -name '*.pyc')
STAMP = $(BUILD)/gen/.stamp
# Which files the catalogue has: one that is renamed or gone leaves no newer time behind, so their list is compared.
NAMES = $(BUILD)/gen/.names
$(shell mkdir -p $(BUILD)/gen; echo '$(sort $(CATALOGUE))' | cmp -s - $(NAMES) || echo '$(sort $(CATALOGUE))' >$(NAMES))

include client/client.mk

# Tests of the store bring queries of their own instead of the catalogue's.
STORE_TESTS = db lane migrate
STORE_OBJ = $(patsubst src/%.c,$(BUILD)/obj/%.o,$(wildcard src/base/*.c src/store/*.c)) $(BUILD)/obj/gen/err.o
UNIT = $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/*_test.c))
FUZZ = $(patsubst tests/fuzz/%.c,$(BUILD)/tests/%,$(wildcard tests/fuzz/*_fuzz.c))
BENCH = $(BUILD)/bench/rows_read $(BUILD)/bench/load $(BUILD)/bench/bare_commit $(BUILD)/bench/fanout \
	$(BUILD)/bench/bare_day
TEST_PROGRAMS = $(EXAMPLES) $(CLIENT_TESTS) $(UNIT) $(FUZZ) $(BUILD)/tests/case-runner $(BUILD)/tests/echo_server

# The same programs under ThreadSanitizer, and under AddressSanitizer and UndefinedBehaviorSanitizer, in folders of their own.
TSAN = BUILD=$(BUILD)/tsan SAN=-fsanitize=thread CFLAGS='-O1 -g'
ASAN = BUILD=$(BUILD)/asan SAN='-fsanitize=address,undefined -fno-sanitize-recover=all' CFLAGS='-O1 -g'

.DEFAULT_GOAL := all
.PHONY: all client install run test asan tsan quick tests bench docs readme clean format help

all: $(BUILD)/taut $(BUILD)/taut.1 client

help:
	@echo "make run      install what is missing, build, serve a workspace at http://127.0.0.1:8065"
	@echo "make test     install what is missing, build, run every test on both engines"
	@echo "make client   the C client library alone, shared and static, in $(BUILD)/"
	@echo "make install  taut, libtaut, its headers, man pages and completion: DESTDIR= PREFIX=/usr/local"
	@echo "make quick    build; unit tests and cases on SQLite: what to run on each save"
	@echo "make bench    measure against baselines of the same run; writes docs/performance.md"
	@echo "make docs     a page for each method, and the OpenAPI document"
	@echo "make readme   put the table of methods into README.md"
	@echo "make format   one format for all C"
	@echo "make clean    remove $(BUILD)/"
	@echo "make asan     the server and the tests under sanitizers, in $(BUILD)/asan"
	@echo "make tsan     the same for races: tests/system/sockets.py $(BUILD)/tsan tells of each as a server that does not end in peace"

run:
	@tools/deps run
	@$(MAKE) --no-print-directory all
	$(BUILD)/taut serve

test:
	@tools/deps test
	@$(MAKE) --no-print-directory -s all tests
	@$(MAKE) --no-print-directory -s $(ASAN) all tests
	@tests/all $(BUILD) $(BUILD)/asan

asan:
	@$(MAKE) --no-print-directory -s $(ASAN) all tests

quick: all tests
	@tests/all --quick $(BUILD)

tsan:
	@$(MAKE) --no-print-directory -s $(TSAN) all tests

tests: $(TEST_PROGRAMS)

bench: all $(BENCH)
	@tools/deps bench
	python3 bench/run.py

docs: $(STAMP)
	@echo "$(BUILD)/gen/docs/methods/README.md, $(BUILD)/gen/openapi.json"

readme: $(STAMP)
	@tools/readme $(BUILD)

# The generator leaves files of the same text alone; objects wait for the stamp but do not depend on it, so that an edit of
# the catalogue rebuilds only what it changed.
$(STAMP): $(CATALOGUE) $(NAMES)
	python3 -B tools/gen/gen.py $(BUILD)/gen
	@touch $@

$(GEN:%=$(BUILD)/gen/%.c): $(STAMP) ;
# Headers too: make would take their times from before the generator ran, and leave objects of the old text.
$(BUILD)/gen/%.h: $(STAMP) ;

$(BUILD)/obj/gen/%.o: $(BUILD)/gen/%.c | $(STAMP)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -c -o $@ $<

# Another project's generated code: its warnings are its own.
$(BUILD)/obj/llhttp/%.o: $(LLHTTP)/%.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -std=c17 -w -O2 -g $(SAN) $(HARDEN) -c -o $@ $<

$(BUILD)/obj/%.o: src/%.c | $(STAMP)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -c -o $@ $<

$(BUILD)/obj/tests/%.o: tests/%.c | $(STAMP)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -Itests -Itests/unit $(ALL_CFLAGS) -c -o $@ $<

# Everything but main: what tests link.
$(LIB): $(filter-out $(BUILD)/obj/main.o,$(OBJ))
	@rm -f $@
	ar rcs $@ $^

LINK = $(CC) $(SAN) -pie -Wl,-z,relro,-z,now -o $@

$(BUILD)/taut: $(BUILD)/obj/main.o $(BUILD)/cli.o $(LIB)
	$(LINK) $^ $(LIBS) $(CLIENT_LIBS)

$(STORE_TESTS:%=$(BUILD)/tests/%_test): $(BUILD)/tests/%: $(BUILD)/obj/tests/unit/%.o $(STORE_OBJ)
	@mkdir -p $(@D)
	$(LINK) $^ $(LIBS)

$(BUILD)/tests/json_test: $(BUILD)/obj/tests/unit/json_jansson.o

$(BUILD)/tests/%_test: $(BUILD)/obj/tests/unit/%_test.o $(LIB)
	@mkdir -p $(@D)
	$(LINK) $^ $(LIBS) $(if $(filter json,$*),-ljansson)

# A fuzz target is a test as well: it replays its corpus.  With clang and -fsanitize=fuzzer it needs no replay.o.
$(BUILD)/tests/%_fuzz: $(BUILD)/obj/tests/fuzz/%_fuzz.o $(BUILD)/obj/tests/fuzz/replay.o $(LIB)
	@mkdir -p $(@D)
	$(LINK) $^ $(LIBS)

$(BUILD)/tests/case-runner: $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard tests/run*.c)) $(LIB)
	@mkdir -p $(@D)
	$(LINK) $^ $(LIBS)

$(BUILD)/tests/echo_server: $(BUILD)/obj/tests/net/echo_server.o $(LIB)
	@mkdir -p $(@D)
	$(LINK) $^ $(LIBS)

$(BUILD)/bench/%: bench/%.c bench/hist.c | $(STAMP)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -Ibench -std=c17 -O2 -g $(WARN) -o $@ $^ $(LIBS)

clean:
	rm -rf $(BUILD)

format:
	clang-format-14 -i $$(git ls-files '*.[ch]')

.SECONDARY:
-include $(OBJ:.o=.d) $(CLIENT_OBJ:.o=.d) $(CLI_OBJ:.o=.d) $(wildcard $(BUILD)/obj/tests/*.d $(BUILD)/obj/tests/*/*.d)
