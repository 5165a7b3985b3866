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

BUILD_PACKAGES = libavformat-dev libavcodec-dev libavutil-dev libswscale-dev libv4l-dev pkg-config
TEST_PACKAGES = ffmpeg qemu-user binutils gir1.2-gst-rtsp-server-1.0 python3-gi \
	gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad

.PHONY: help build demo test tests faults test-thread test-address models media fuzz soak bench-live packages test-packages clean

help:
	@echo 'make demo    build it, fetch a model and a clip, and show what is seen in the clip'
	@echo 'make test    fetch what the tests need, and run them'
	@echo 'make faults  only the tests in which cameras fail, and the table of what they measure: three minutes'
	@echo 'make build   build it: .build/release/lookout'
	@echo 'make models  fetch EfficientNet-Lite0, and import it'
	@echo 'make media   fetch the clip and the photos'
	@echo 'make test-thread, make test-address'
	@echo '             the same tests under ThreadSanitizer and AddressSanitizer'
	@echo 'make bench-live'
	@echo '             how soon a picture has become a line, and what watching costs'
	@echo 'make soak    whether memory grows: half an hour'
	@echo 'make fuzz    change files at random, a million times each, and read them'
	@echo 'make clean   remove what was built, but not what was fetched'

build: packages
	$(SWIFT) build -c release --product lookout

demo: build $(CLIP) $(MODEL)
	@echo
	@echo '$$ .build/release/lookout analyze --groups Config/groups.json $(CLIP)'
	@.build/release/lookout analyze --groups Config/groups.json $(CLIP)

test: tests
	$(SWIFT) test --skip-build --skip '^FaultTests\.'
	Scripts/fault-table

faults: tests
	Scripts/fault-table

# The tests use the program that is built with them, so the model is imported with that one.
tests: packages test-packages $(CHECKPOINT) $(CLIP) $(PHOTOS)
	$(SWIFT) build --build-tests
	.build/debug/lookout model import --output $(MODEL) $(CHECKPOINT)

# Each has a build of its own.
test-thread test-address: test-%: packages test-packages $(CHECKPOINT) $(CLIP) $(PHOTOS)
	$(SWIFT) build --build-tests --sanitize=$* --scratch-path .build-$*
	.build-$*/debug/lookout model import --output $(MODEL) $(CHECKPOINT)
	$(SWIFT) test --skip-build --sanitize=$* --scratch-path .build-$* --skip '^FaultTests\.'

bench-live: build test-packages $(MODEL) $(PHOTOS)
	$(PYTHON) Benchmarks/live.py

soak: build test-packages $(MODEL)
	$(PYTHON) Benchmarks/soak.py

models: build $(MODEL)

media: $(CLIP) $(PHOTOS)

fuzz: packages
	LOOKOUT_FUZZ=1000000 $(SWIFT) test -c release -Xswiftc -enable-testing --sanitize=address --filter FuzzTests

packages:
	@Scripts/install-packages $(BUILD_PACKAGES)

test-packages:
	@Scripts/install-packages $(TEST_PACKAGES)

$(MODEL): $(CHECKPOINT) | build
	.build/release/lookout model import --output $@ $<

$(CHECKPOINT) $(CLIP) $(PHOTOS):
	@$(PYTHON) Scripts/fetch.py $@

clean:
	rm -rf .build
