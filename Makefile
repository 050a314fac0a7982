# Each target is enough alone on a fresh machine with a Swift toolchain: missing C libraries are installed first.
.PHONY: build test simulate demo setup clean

# What a user runs: optimised.
build: setup
	swift build -c release --product varve

# Every test, among them the built command end to end.
test: setup
	swift test

# A million crash states of the log on a simulated disk: about five minutes on two cores, and the build.
simulate: setup
	swift build -c release --product varve-torture
	.build/release/varve-torture simulate 1000000 1 2

# Generates traffic with an incident in it, and walks from the first byte to the views.
demo: build
	.build/release/varve demo

setup:
	@.ci/setup

clean:
	swift package clean
