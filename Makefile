# mlmon: build, try, test.
#
#   make demo                 install what is missing, build, watch a simulated fleet
#   make test                 install what is missing, run every test
#   make build                release binary at .build/release/mlmon
#   make install PREFIX=…     copy the one binary to PREFIX/bin (default /usr/local)
#   make bench                micro-benchmarks
#   make format | lint        swift format with the repository's .swift-format

PREFIX ?= /usr/local
SWIFT ?= swift
RELEASE_FLAGS = -c release --static-swift-stdlib --product mlmon
# Packed relocations: read by the loader of glibc 2.36 and later only.
ifeq ($(shell scripts/glibc-at-least 2.36 && echo yes),yes)
RELEASE_FLAGS += -Xlinker -z -Xlinker pack-relative-relocs
endif
SWIFT_FILES = Package.swift Sources Tests

.PHONY: demo build test install bench format lint setup

demo: build
	.build/release/mlmon demo

build: setup
	$(SWIFT) build $(RELEASE_FLAGS)

test: setup
	$(SWIFT) build --build-tests
	@SWIFT="$(SWIFT)" scripts/run-tests

install: build
	install -d "$(DESTDIR)$(PREFIX)/bin"
	install -m 755 .build/release/mlmon "$(DESTDIR)$(PREFIX)/bin/mlmon"
	-strip "$(DESTDIR)$(PREFIX)/bin/mlmon"

bench: setup
	MLMON_BENCHMARKS=1 $(SWIFT) package --disable-sandbox --allow-writing-to-package-directory benchmark --target MLMonBenchmarks

format:
	$(SWIFT) format --in-place --recursive --parallel $(SWIFT_FILES)

lint:
	$(SWIFT) format lint --strict --recursive --parallel $(SWIFT_FILES)

setup:
	@scripts/install-libraries
