# Builds, tests, measures and installs Lookout. `make` lists the targets.
#
# The targets need a Swift toolchain, make, python3 with pip, and apt. They install or fetch everything else, and verify
# it. Fetched files stay in Models/ and Media/, which git ignores.

SWIFT ?= swift
PYTHON ?= python3

CHECKPOINT = Models/efficientnet-lite0-57934424.pth
MODEL = Models/efficientnet-lite0.safetensors
CLIP = Media/bikes.mp4
BROWSER = .build/browser/ready
KUBERNETES_VALIDATE = 1.37.0
PHOTOS = Media/coffee.png Media/chelsea.png

BUILD_PACKAGES = libavformat-dev libavcodec-dev libavutil-dev libswscale-dev libgnutls28-dev libv4l-dev libexpat1-dev libsqlite3-dev pkg-config
TEST_PACKAGES = ffmpeg qemu-user binutils curl openssl logrotate iproute2 libfaketime python3-prometheus-client gir1.2-gst-rtsp-server-1.0 python3-gi \
	chromium fonts-dejavu-core python3-venv bash-completion zsh fish gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad
SYSTEM_TEST_PACKAGES = qemu-system-x86 debootstrap e2fsprogs kmod cpio gcc bc

# Folders of the installation. DESTDIR is put in front of all of them.
prefix ?= /usr/local
bindir ?= $(prefix)/bin
datadir ?= $(prefix)/share
unitdir ?= $(prefix)/lib/systemd/system
bashdir ?= $(datadir)/bash-completion/completions
zshdir ?= $(datadir)/zsh/site-functions
fishdir ?= $(datadir)/fish/vendor_completions.d
# The service reads its configuration from here, whatever the prefix.
sysconfdir = /etc
# Models are below this folder, whatever the prefix.
localstatedir = /var
STRIP ?= strip
# The program to install.
PROGRAM ?= .build/release/lookout
# Build folder of the program that is linked statically with the Swift libraries. It runs without a toolchain.
STATIC_BUILD ?= .build-static
DEB ?= lookout.deb
# Seconds for which each format of model files, and random graphs, are fuzzed.
SECONDS ?= 600
# Fails if a module imports another one that Package.swift does not declare.
BUILD_TESTS = build --build-tests --explicit-target-dependency-import-check error
# Tests that run at the same time. Without it, swift-testing starts all tests at once: those that wait for a thread use up their
# time limits.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH ?= $(shell nproc)

.PHONY: help accuracy build demo test tests faults fault-table library-test cluster-test test-thread test-address models media fuzz parity soak socket-soak bench-tracker bench-live bench-overhead packages test-packages clean \
	install uninstall static deb service-test system-test

help:
	@echo 'Build and try'
	@echo '  make demo            Build Lookout, fetch models and a clip, and print the objects of the clip. MIRROR= names a folder with the files of the detector.'
	@echo '  make build           Build .build/release/lookout.'
	@echo '  make models          Fetch and import EfficientNet-Lite0.'
	@echo '  make media           Fetch the clip and the photos.'
	@echo '  make clean           Remove everything that was built. Fetched files stay.'
	@echo
	@echo 'Install'
	@echo '  make install         Install the built program in /usr/local, or in prefix=.'
	@echo '  make uninstall       Remove the installed program. Configuration, models and events stay.'
	@echo '  make deb             Build a Debian package, lookout.deb, that needs no toolchain.'
	@echo
	@echo 'Test'
	@echo '  make test            Fetch what the tests need, and run all tests. About ten minutes.'
	@echo '  make faults          Run only the tests in which sources fail, and print the measured table. Ten minutes.'
	@echo '  make fault-table     The same, and write the table into Tests/FaultTests/README.md.'
	@echo '  make test-thread     Run the tests under ThreadSanitizer.'
	@echo '  make test-address    Run the tests under AddressSanitizer.'
	@echo '  make library-test    Build and run another package that depends on MobileNet. Two minutes.'
	@echo '  make fuzz            Fuzz each format of model files, then random graphs, for SECONDS=600 each.'
	@echo '  make service-test    Install the package in a container with systemd, and test the service. Needs root.'
	@echo '  make cluster-test    Analyze recordings on a Slurm cluster of one node. Needs root. A minute.'
	@echo '  make system-test     Test with a kernel camera in a virtual machine. A quarter of an hour.'
	@echo
	@echo 'Measure'
	@echo '  make accuracy        Events of six real clips against the truth. Needs ../shared.'
	@echo '  make bench-tracker   HOTA and IDF1 of the tracker against others. Needs ../shared.'
	@echo '  make bench-live      Latency from frame to event, and CPU time of watching.'
	@echo '  make bench-overhead  Memory with one camera, and CPU time without any. Three minutes.'
	@echo '  make soak            Growth of memory. Forty minutes.'
	@echo '  make socket-soak     Event socket with 200 readers, of which 50 never read. Two minutes.'
	@echo '  make parity          Compare every network with its paper and with PyTorch. Some minutes.'

build: packages
	$(SWIFT) build -c release --product lookout

# Folder with files of publishers, or https address of one; empty for the publishers themselves.
MIRROR ?= $(wildcard ../shared/models)
DETECTOR = Models/person-vehicle-bike.safetensors

# The detector is no dependency: without a network, the demonstration shows labels.
demo: build $(CLIP) $(MODEL)
	@Scripts/demo .build/release/lookout $(CLIP) $(DETECTOR) $(MIRROR)

test: tests
	SWIFT='$(SWIFT)' Scripts/run-tests

faults: tests
	Scripts/fault-table

fault-table: tests
	Scripts/fault-table --write

# The tests run the program that is built with them. The same program imports the model.
tests: packages test-packages $(CHECKPOINT) $(CLIP) $(PHOTOS) $(BROWSER)
	$(SWIFT) $(BUILD_TESTS)
	.build/debug/lookout model import --output $(MODEL) $(CHECKPOINT)

# What drives Chromium in the test of the report.
$(BROWSER):
	$(PYTHON) -m venv $(dir $@)
	$(dir $@)bin/pip install --quiet --disable-pip-version-check playwright==1.65.2 axe-playwright-python==0.1.8
	touch $@

# Builds and runs a package outside, in a build folder of its own.
library-test:
	$(SWIFT) run --package-path Tests/Library --scratch-path .build-library ClassifyOutside

# Each sanitizer has a build folder of its own. No test uses XCTest, which leaks under AddressSanitizer.
test-thread test-address: test-%: packages test-packages $(CHECKPOINT) $(CLIP) $(PHOTOS) $(BROWSER)
	$(SWIFT) build --build-tests --sanitize=$* --scratch-path .build-$*
	.build-$*/debug/lookout model import --output $(MODEL) $(CHECKPOINT)
	LSAN_OPTIONS=suppressions=$(CURDIR)/Scripts/leak-suppressions.txt \
		$(SWIFT) test --skip-build --disable-xctest --sanitize=$* --scratch-path .build-$*

# Needs ../shared. Compares the events of real clips with the truth.
accuracy: build $(MODEL)
	[ -e $(DETECTOR) ] || .build/release/lookout model fetch --from ../shared/models --output $(DETECTOR) person-vehicle-bike
	Benchmarks/accuracy.py --model $(DETECTOR)

# Needs ../shared, and a PYTHON= with trackeval, scipy, supervision 0.25.1 and norfair.
bench-tracker: build
	$(PYTHON) Benchmarks/tracker.py

bench-live: build test-packages $(MODEL) $(PHOTOS)
	$(PYTHON) Benchmarks/live.py

bench-overhead: build static test-packages $(MODEL)
	$(PYTHON) Benchmarks/overhead.py .build/release/lookout $(STATIC_BUILD)/release/lookout

soak: build test-packages $(MODEL)
	$(PYTHON) Benchmarks/soak.py

socket-soak: build
	$(PYTHON) Benchmarks/socket_soak.py

install:
	@test -x $(PROGRAM) || { echo '$(PROGRAM) does not exist; run make build first' >&2; exit 66; }
	install -D -m 755 $(PROGRAM) $(DESTDIR)$(bindir)/lookout
	$(STRIP) $(DESTDIR)$(bindir)/lookout
	install -d $(DESTDIR)$(datadir)/lookout/groups
	install -m 644 Config/groups/imagenet.yaml Config/groups/coco.yaml $(DESTDIR)$(datadir)/lookout/groups
	@# Configurations of earlier versions name this path.
	ln -sf groups/imagenet.yaml $(DESTDIR)$(datadir)/lookout/groups.json
	install -D -m 755 Service/slurm/lookout.sbatch $(DESTDIR)$(datadir)/lookout/lookout.sbatch
	install -D -m 644 Service/kubernetes/lookout-job.yaml $(DESTDIR)$(datadir)/lookout/lookout-job.yaml
	@# A configuration that exists is kept. The new one is installed beside it.
	if [ -e $(DESTDIR)$(sysconfdir)/lookout/lookout.yaml ]; then suffix=.new; fi; \
	install -D -m 644 Config/lookout.yaml $(DESTDIR)$(sysconfdir)/lookout/lookout.yaml$$suffix
	install -D -m 644 Service/lookout.logrotate $(DESTDIR)$(sysconfdir)/logrotate.d/lookout
	install -D -m 644 Service/lookout.service $(DESTDIR)$(unitdir)/lookout.service
	sed -i 's|/usr/bin/lookout|$(bindir)/lookout|' $(DESTDIR)$(unitdir)/lookout.service
	@# systemd before version 254 does not know these keys and warns at every start.
	version=$$(systemctl --version 2>/dev/null | sed -n '1s/^systemd \([0-9]*\).*/\1/p'); \
	[ "$${version:-0}" -ge 254 ] || sed -i '/^RestartSteps=/d; /^RestartMaxDelaySec=/d' $(DESTDIR)$(unitdir)/lookout.service
	@# The Swift libraries may be in the folder of the toolchain, which the sandbox must allow.
	for folder in $$(ldd $(PROGRAM) | sed -n 's|.* => \(/.*\)/[^/]* (.*|\1|p' | sort -u); do \
		case $$folder in /lib*|/usr/lib*) continue;; esac; \
		sed -i "s|^ExecPaths=.*|& $$folder|" $(DESTDIR)$(unitdir)/lookout.service; \
	done
	for page in man1/lookout.1 man5/lookout.yaml.5; do \
		install -D -m 644 Service/man/$${page#*/} $(DESTDIR)$(datadir)/man/$$page; \
		sed -i "s|@VERSION@|$$($(PROGRAM) --version)|" $(DESTDIR)$(datadir)/man/$$page; \
	done
	@# Models are readable by every user, whatever the umask of the installing user.
	install -d -m 755 $(DESTDIR)$(localstatedir)/lib/lookout $(DESTDIR)$(localstatedir)/lib/lookout/models
	install -d $(DESTDIR)$(bashdir) $(DESTDIR)$(zshdir) $(DESTDIR)$(fishdir)
	$(PROGRAM) --generate-completion-script bash | sed '1{/^#!/d}' > $(DESTDIR)$(bashdir)/lookout
	$(PROGRAM) --generate-completion-script zsh > $(DESTDIR)$(zshdir)/_lookout
	$(PROGRAM) --generate-completion-script fish > $(DESTDIR)$(fishdir)/lookout.fish

# Keeps the configuration, the models and the events.
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

# Prints one line for each case. Starts a container, and so needs root.
service-test: deb $(CHECKPOINT) $(CLIP)
	@Scripts/install-packages systemd-container debootstrap lintian man-db
	Tests/Service/run --package $(DEB)

# Starts Slurm's daemons in a folder of its own, and so needs root.
cluster-test: build $(MODEL) $(CLIP)
	@Scripts/install-packages slurm-wlm munge ffmpeg python3-venv
	$(PYTHON) -m venv .build/cluster
	.build/cluster/bin/pip install --quiet --disable-pip-version-check kubernetes-validate==$(KUBERNETES_VALIDATE)
	.build/cluster/bin/python Tests/Cluster/run $(CLIP)

# The virtual machine has no Swift libraries, so it gets the static program.
system-test: deb $(CHECKPOINT) $(CLIP) $(PHOTOS)
	@Scripts/install-packages $(SYSTEM_TEST_PACKAGES)
	$(STATIC_BUILD)/release/lookout model import --output $(MODEL) $(CHECKPOINT)
	@$(PYTHON) Tests/System/run --package $(DEB)

models: build $(MODEL)

media: $(CLIP) $(PHOTOS)

# PYTHON= names a Python that has torch, torchvision, timm and safetensors.
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
