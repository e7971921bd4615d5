# libtaut: the C client library, its examples and tests, and what `make install` puts where.

VERSION := $(shell sed -n 's/.*TAUT_VERSION "\(.*\)"/\1/p' src/version.h)
SONAME := libtaut.so.$(basename $(VERSION))
CLIENT_BASE = arena buf clock frame json json_out str utf8
CLIENT_GEN = errors shapes events calls
CLIENT_LIBS = -lcurl -lisal -lcrypto
CLIENT_OBJ = $(patsubst client/src/%.c,$(BUILD)/obj/client/%.o,$(wildcard client/src/*.c)) \
	$(CLIENT_BASE:%=$(BUILD)/obj/client/base/%.o) $(CLIENT_GEN:%=$(BUILD)/obj/client/gen/%.o)
CLIENT_INC = -Iclient/include -I$(BUILD)/gen/client
EXAMPLES = $(patsubst client/examples/%.c,$(BUILD)/examples/%,$(wildcard client/examples/*.c))
CLIENT_TESTS = $(patsubst tests/client/%.c,$(BUILD)/tests/client_%,$(wildcard tests/client/*_test.c))

PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
DEST = $(DESTDIR)$(PREFIX)

$(BUILD)/taut.1: $(BUILD)/taut
	$(BUILD)/taut __manual > $@

client: $(BUILD)/libtaut.a $(BUILD)/$(SONAME)

CLIENT_CC = $(CC) -D_GNU_SOURCE -DLIBTAUT_VERSION='"$(VERSION)"' -Isrc -Iclient/src $(CLIENT_INC) -std=c17 $(CFLAGS) $(SAN) $(WARN) -fstack-protector-strong -fPIC -MMD -MP

$(CLIENT_GEN:%=$(BUILD)/gen/client/%.c): $(STAMP) ;

$(BUILD)/obj/client/base/%.o: src/base/%.c | $(STAMP)
	@mkdir -p $(@D)
	$(CLIENT_CC) -c -o $@ $<

$(BUILD)/obj/client/gen/%.o: $(BUILD)/gen/client/%.c | $(STAMP)
	@mkdir -p $(@D)
	$(CLIENT_CC) -c -o $@ $<

$(BUILD)/obj/client/%.o: client/src/%.c | $(STAMP)
	@mkdir -p $(@D)
	$(CLIENT_CC) -c -o $@ $<

# One object whose only global names are taut_…, so that none of ours meets one of the program's.
$(BUILD)/libtaut.a: $(CLIENT_OBJ)
	ld -r -o $(BUILD)/obj/client/libtaut.o $^
	objcopy -w --keep-global-symbol='taut_*' $(BUILD)/obj/client/libtaut.o
	@rm -f $@
	ar rcs $@ $(BUILD)/obj/client/libtaut.o

# The shell's words, with libtaut inside: one object of which the rest of taut sees cli_… alone, for libtaut's names and those
# of the server's handlers are the same.
CLI_OBJ = $(patsubst cli/%.c,$(BUILD)/obj/cli/%.o,$(wildcard cli/*.c)) $(BUILD)/obj/cli/gen/methods.o

$(BUILD)/gen/cli/methods.c: $(STAMP) ;

$(BUILD)/obj/cli/gen/%.o: $(BUILD)/gen/cli/%.c | $(STAMP)
	@mkdir -p $(@D)
	$(CLIENT_CC) -Icli -c -o $@ $<

$(BUILD)/obj/cli/%.o: cli/%.c | $(STAMP)
	@mkdir -p $(@D)
	$(CLIENT_CC) -Icli -c -o $@ $<

$(BUILD)/cli.o: $(CLI_OBJ) $(BUILD)/libtaut.a
	ld -r -o $@ $(CLI_OBJ) --whole-archive $(BUILD)/libtaut.a
	objcopy -w --keep-global-symbol='cli_*' $@

$(BUILD)/$(SONAME): $(CLIENT_OBJ) client/libtaut.map
	$(CC) $(SAN) -shared -Wl,-soname,$(SONAME) -Wl,--version-script=client/libtaut.map -Wl,-z,relro,-z,now -o $@ $(CLIENT_OBJ) $(CLIENT_LIBS)

$(BUILD)/examples/%: client/examples/%.c $(BUILD)/libtaut.a
	@mkdir -p $(@D)
	$(CC) $(CLIENT_INC) -std=c17 $(CFLAGS) $(SAN) $(WARN) -o $@ $^ $(CLIENT_LIBS)

$(CLIENT_TESTS): $(BUILD)/tests/client_%: tests/client/%.c tests/client/fake.c tests/client/counted.c $(BUILD)/libtaut.a
	@mkdir -p $(@D)
	$(CC) -D_GNU_SOURCE $(CLIENT_INC) -Itests/unit -Itests/client -std=c17 $(CFLAGS) $(SAN) $(WARN) -o $@ $^ $(CLIENT_LIBS) -lz -lpthread

$(BUILD)/bench/rows_read: bench/rows_read.c $(BUILD)/libtaut.a
	@mkdir -p $(@D)
	$(CC) $(CLIENT_INC) -std=c17 -O2 -g $(WARN) -o $@ $^ $(CLIENT_LIBS) -lz

# Files that are there, whatever made them: installing as root builds nothing.
install:
	@test -x $(BUILD)/taut -a -f $(BUILD)/$(SONAME) || { echo "run 'make' first"; exit 1; }
	install -d $(DEST)/bin $(DESTDIR)$(LIBDIR)/pkgconfig $(DEST)/include/taut
	install -m 755 $(BUILD)/taut $(DEST)/bin/taut
	install -m 644 $(BUILD)/$(SONAME) $(DESTDIR)$(LIBDIR)/libtaut.so.$(VERSION)
	ln -sf libtaut.so.$(VERSION) $(DESTDIR)$(LIBDIR)/$(SONAME)
	ln -sf $(SONAME) $(DESTDIR)$(LIBDIR)/libtaut.so
	install -m 644 $(BUILD)/libtaut.a $(DESTDIR)$(LIBDIR)/libtaut.a
	install -m 644 client/include/taut/*.h $(BUILD)/gen/client/taut/*.h $(DEST)/include/taut
	install -d $(DEST)/share/man/man1 $(DEST)/share/bash-completion/completions $(DEST)/share/zsh/site-functions
	install -m 644 $(BUILD)/taut.1 $(DEST)/share/man/man1/taut.1
	$(BUILD)/taut completion bash > $(DEST)/share/bash-completion/completions/taut
	$(BUILD)/taut completion zsh > $(DEST)/share/zsh/site-functions/_taut
	sed 's|@PREFIX@|$(PREFIX)|; s|@LIBDIR@|$(LIBDIR)|; s|@VERSION@|$(VERSION)|' client/taut.pc.in > $(DESTDIR)$(LIBDIR)/pkgconfig/taut.pc
