# Lookout: what a fresh machine needs, one word each. `make` says which words there are.
#
# Presumed are a Swift toolchain, make, python3 with pip, and apt. Everything else is installed or fetched,
# and checked, by the targets below; what is fetched stays in Models/ and Media/, outside of git.

SWIFT ?= swift
PYTHON ?= python3

CHECKPOINT = Models/efficientnet-lite0-57934424.pth
MODEL = Models/efficientnet-lite0.safetensors
CLIP = Media/bikes.mp4
PHOTOS = Media/coffee.png Media/chelsea.png

BUILD_PACKAGES = libavformat-dev libavcodec-dev libavutil-dev libswscale-dev libgnutls28-dev libv4l-dev pkg-config
TEST_PACKAGES = ffmpeg qemu-user binutils curl openssl logrotate iproute2 libfaketime python3-prometheus-client gir1.2-gst-rtsp-server-1.0 python3-gi \
	bash-completion zsh fish gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad
SYSTEM_TEST_PACKAGES = qemu-system-x86 debootstrap e2fsprogs kmod cpio gcc bc

# Where it is installed. DESTDIR goes in front of everything.
prefix ?= /usr/local
bindir ?= $(prefix)/bin
datadir ?= $(prefix)/share
unitdir ?= $(prefix)/lib/systemd/system
bashdir ?= $(datadir)/bash-completion/completions
zshdir ?= $(datadir)/zsh/site-functions
fishdir ?= $(datadir)/fish/vendor_completions.d
# The service looks for its configuration there, wherever it is itself.
sysconfdir = /etc
# And for models there.
localstatedir = /var
STRIP ?= strip
# What is installed.
PROGRAM ?= .build/release/lookout
# With the Swift libraries in it, so that it runs where there is no toolchain. It has a build of its own.
STATIC_BUILD ?= .build-static
DEB ?= lookout.deb
# How long each format of files of weights is fuzzed, and how long random networks are run.
SECONDS ?= 600

.PHONY: help build demo test tests faults fault-table library-test test-thread test-address models media fuzz parity soak socket-soak bench-live bench-overhead packages test-packages clean \
	install uninstall static deb service-test system-test

help:
	@echo 'make demo    build it, fetch a model and a clip, and show what is seen in the clip'
	@echo 'make test    fetch what the tests need, and run them'
	@echo 'make faults  only the tests in which cameras fail, and the table of what they measure: three minutes'
	@echo 'make fault-table'
	@echo '             the same, and write the table into Tests/FaultTests/README.md'
	@echo 'make library-test'
	@echo '             build and run another package that depends on MobileNet: two minutes'
	@echo 'make build   build it: .build/release/lookout'
	@echo 'make models  fetch EfficientNet-Lite0, and import it'
	@echo 'make media   fetch the clip and the photos'
	@echo 'make test-thread, make test-address'
	@echo '             the same tests under ThreadSanitizer and AddressSanitizer'
	@echo 'make system-test'
	@echo '             a real camera: a virtual machine with a kernel that has one; a quarter of an hour'
	@echo 'make bench-live'
	@echo '             how soon a picture has become a line, and what watching costs'
	@echo 'make parity  every network next to what is published of it and to PyTorch: some minutes'
	@echo 'make bench-overhead'
	@echo '             what the service takes: memory with one camera, processor time with none; three minutes'
	@echo 'make soak    whether memory grows: half an hour'
	@echo 'make socket-soak'
	@echo '             whether anybody loses an event when 200 read the socket, and 50 of them do not: two minutes'
	@echo 'make fuzz    change files of weights for ten minutes a format, or SECONDS=, and read them under libFuzzer;'
	@echo '             then run random networks under AddressSanitizer'
	@echo 'make install, make uninstall'
	@echo '             put what was built into /usr/local, or where prefix= says; take it away again'
	@echo 'make deb     build a Debian package, lookout.deb, that needs no toolchain'
	@echo 'make service-test'
	@echo '             install that in a container with systemd, and see whether the service does what it should'
	@echo 'make clean   remove what was built, but not what was fetched'

build: packages
	$(SWIFT) build -c release --product lookout

demo: build $(CLIP) $(MODEL)
	@echo
	@# For people, if there is somebody.
	@if [ -t 1 ]; then \
		echo '$$ .build/release/lookout analyze --groups Config/groups.json $(CLIP)'; \
		.build/release/lookout analyze --groups Config/groups.json $(CLIP); \
		echo; \
	fi
	@echo '$$ .build/release/lookout analyze --json --groups Config/groups.json $(CLIP)'
	@.build/release/lookout analyze --json --groups Config/groups.json $(CLIP)

test: tests
	$(SWIFT) test --skip-build --skip '^FaultTests\.'
	Scripts/fault-table

faults: tests
	Scripts/fault-table

fault-table: tests
	Scripts/fault-table --write

# The tests use the program that is built with them, so the model is imported with that one.
tests: packages test-packages $(CHECKPOINT) $(CLIP) $(PHOTOS)
	$(SWIFT) build --build-tests
	.build/debug/lookout model import --output $(MODEL) $(CHECKPOINT)

# A package of its own, with a build of its own, so that the debug build stays as it is.
library-test:
	$(SWIFT) run --package-path Tests/Library --scratch-path .build-library ClassifyOutside

# Each has a build of its own. XCTest, which none of the tests uses, leaks a little of itself.
test-thread test-address: test-%: packages test-packages $(CHECKPOINT) $(CLIP) $(PHOTOS)
	$(SWIFT) build --build-tests --sanitize=$* --scratch-path .build-$*
	.build-$*/debug/lookout model import --output $(MODEL) $(CHECKPOINT)
	$(SWIFT) test --skip-build --disable-xctest --sanitize=$* --scratch-path .build-$*

bench-live: build test-packages $(MODEL) $(PHOTOS)
	$(PYTHON) Benchmarks/live.py

bench-overhead: build static test-packages $(MODEL)
	$(PYTHON) Benchmarks/overhead.py .build/release/lookout $(STATIC_BUILD)/release/lookout

soak: build test-packages $(MODEL)
	$(PYTHON) Benchmarks/soak.py

socket-soak: build
	$(PYTHON) Benchmarks/socket_soak.py

install:
	@test -x $(PROGRAM) || { echo 'There is no $(PROGRAM) yet: make build' >&2; exit 66; }
	install -D -m 755 $(PROGRAM) $(DESTDIR)$(bindir)/lookout
	$(STRIP) $(DESTDIR)$(bindir)/lookout
	install -D -m 644 Config/groups.json $(DESTDIR)$(datadir)/lookout/groups.json
	@# Somebody may have changed it: then the new one lies beside it.
	if [ -e $(DESTDIR)$(sysconfdir)/lookout/lookout.yaml ]; then suffix=.new; fi; \
	install -D -m 644 Config/lookout.yaml $(DESTDIR)$(sysconfdir)/lookout/lookout.yaml$$suffix
	install -D -m 644 Service/lookout.logrotate $(DESTDIR)$(sysconfdir)/logrotate.d/lookout
	install -D -m 644 Service/lookout.service $(DESTDIR)$(unitdir)/lookout.service
	sed -i 's|/usr/bin/lookout|$(bindir)/lookout|' $(DESTDIR)$(unitdir)/lookout.service
	@# An older systemd does not know these keys, and would say so at every start.
	version=$$(systemctl --version 2>/dev/null | sed -n '1s/^systemd \([0-9]*\).*/\1/p'); \
	[ "$${version:-0}" -ge 254 ] || sed -i '/^RestartSteps=/d; /^RestartMaxDelaySec=/d' $(DESTDIR)$(unitdir)/lookout.service
	@# Swift's libraries may be where the toolchain is.
	for folder in $$(ldd $(PROGRAM) | sed -n 's|.* => \(/.*\)/[^/]* (.*|\1|p' | sort -u); do \
		case $$folder in /lib*|/usr/lib*) continue;; esac; \
		sed -i "s|^ExecPaths=.*|& $$folder|" $(DESTDIR)$(unitdir)/lookout.service; \
	done
	for page in man1/lookout.1 man5/lookout.yaml.5; do \
		install -D -m 644 Service/man/$${page#*/} $(DESTDIR)$(datadir)/man/$$page; \
		sed -i "s|@VERSION@|$$($(PROGRAM) --version)|" $(DESTDIR)$(datadir)/man/$$page; \
	done
	@# For everybody to read, whatever the mask of whoever installs.
	install -d -m 755 $(DESTDIR)$(localstatedir)/lib/lookout $(DESTDIR)$(localstatedir)/lib/lookout/models
	install -d $(DESTDIR)$(bashdir) $(DESTDIR)$(zshdir) $(DESTDIR)$(fishdir)
	$(PROGRAM) --generate-completion-script bash | sed '1{/^#!/d}' > $(DESTDIR)$(bashdir)/lookout
	$(PROGRAM) --generate-completion-script zsh > $(DESTDIR)$(zshdir)/_lookout
	$(PROGRAM) --generate-completion-script fish > $(DESTDIR)$(fishdir)/lookout.fish

# The configuration, the models and the events stay.
uninstall:
	rm -f $(DESTDIR)$(bindir)/lookout $(DESTDIR)$(unitdir)/lookout.service
	rm -f $(DESTDIR)$(datadir)/man/man1/lookout.1 $(DESTDIR)$(datadir)/man/man5/lookout.yaml.5
	rm -f $(DESTDIR)$(bashdir)/lookout $(DESTDIR)$(zshdir)/_lookout $(DESTDIR)$(fishdir)/lookout.fish $(DESTDIR)$(sysconfdir)/logrotate.d/lookout
	rm -rf $(DESTDIR)$(datadir)/lookout

static: packages
	$(SWIFT) build -c release --static-swift-stdlib --scratch-path $(STATIC_BUILD) --product lookout

deb: static
	@Scripts/install-packages dpkg-dev binutils
	Scripts/build-deb $(STATIC_BUILD)/release/lookout $(DEB)

# What passes, line by line. As root: it starts a container.
service-test: deb $(CHECKPOINT) $(CLIP)
	@Scripts/install-packages systemd-container debootstrap lintian man-db
	Tests/Service/run --package $(DEB)

# The machine has no Swift libraries, so the program brings them along.
system-test: deb $(CHECKPOINT) $(CLIP) $(PHOTOS)
	@Scripts/install-packages $(SYSTEM_TEST_PACKAGES)
	$(STATIC_BUILD)/release/lookout model import --output $(MODEL) $(CHECKPOINT)
	@$(PYTHON) Tests/System/run --package $(DEB)

models: build $(MODEL)

media: $(CLIP) $(PHOTOS)

# With PYTHON= a Python that has torch, torchvision, timm and safetensors.
parity: build
	$(PYTHON) Scripts/parity.py --program .build/release/lookout

fuzz: packages
	Scripts/fuzz $(SECONDS)

packages:
	@Scripts/install-packages $(BUILD_PACKAGES)

test-packages:
	@Scripts/install-packages $(TEST_PACKAGES)

$(MODEL): $(CHECKPOINT) | build
	.build/release/lookout model import --output $@ $<

$(CHECKPOINT) $(CLIP) $(PHOTOS):
	@$(PYTHON) Scripts/fetch.py $@

clean:
	rm -rf .build .build-* lookout.deb
