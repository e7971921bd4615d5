# taut: make run, make test; make help lists the rest.

BUILD ?= build
CC ?= cc
CFLAGS ?= -O2 -g
SAN ?=
WARN = -Wall -Wextra -Wshadow -Wvla -Werror
HARDEN = -fstack-protector-strong -fPIE
LLHTTP = /usr/share/llhttp
CPPFLAGS += -D_GNU_SOURCE -Isrc -I$(BUILD)/gen -I$(LLHTTP_INC) -I/usr/include/postgresql
ALL_CFLAGS = -std=c17 $(CFLAGS) $(SAN) $(WARN) $(HARDEN) -MMD -MP
LIBS = -lsqlite3 -lpq -lssl -lcrypto -lz -lsodium -lpthread -lm

SRC = $(wildcard src/*.c src/*/*.c)
GEN = err scope methods objects events replies settings sql emoji_names
OBJ = $(SRC:src/%.c=$(BUILD)/obj/%.o) $(GEN:%=$(BUILD)/obj/gen/%.o) $(LLHTTP_OBJ)
LLHTTP_INC = /usr/share/include/llhttp
LLHTTP_OBJ = $(addprefix $(BUILD)/obj/llhttp/,llhttp.o api.o http.o)
# Everything but main: what tests link.
LIB_OBJ = $(filter-out $(BUILD)/obj/main.o,$(OBJ))
CATALOGUE = $(shell find catalogue tools/gen -type f 2>/dev/null)
STAMP = $(BUILD)/gen/.stamp

.DEFAULT_GOAL := all
.PHONY: all run test unit cases help clean format

all: $(BUILD)/taut

run:
	@tools/deps run
	@$(MAKE) --no-print-directory all
	$(BUILD)/taut serve

# The generator leaves files of the same text alone; objects wait for the stamp but do not depend on it, so that an edit of
# the catalogue rebuilds only what it changed.
$(STAMP): $(CATALOGUE)
	python3 tools/gen/gen.py $(BUILD)/gen
	@touch $@

$(GEN:%=$(BUILD)/gen/%.c): $(STAMP) ;

$(BUILD)/obj/gen/%.o: $(BUILD)/gen/%.c | $(STAMP)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -c -o $@ $<

$(BUILD)/obj/llhttp/%.o: $(LLHTTP)/%.c
	@mkdir -p $(@D)
	$(CC) -I$(LLHTTP_INC) -O2 -g $(SAN) $(HARDEN) -c -o $@ $<

$(BUILD)/obj/%.o: src/%.c | $(STAMP)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -c -o $@ $<

$(BUILD)/taut: $(OBJ)
	$(CC) $(SAN) -pie -Wl,-z,relro,-z,now -o $@ $(OBJ) $(LIBS)

clean:
	rm -rf $(BUILD)

format:
	clang-format-14 -i $$(git ls-files 'src/*.[ch]' 'tests/*.[ch]' 'bench/*.[ch]')

-include $(OBJ:.o=.d)
