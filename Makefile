# Each target is enough alone on a fresh machine with a Swift toolchain: missing C libraries are installed first.
.PHONY: build test test-browser screenshots test-clients test-grpc test-promql test-embedding lint docs install deb simulate demo setup clean

# What a user runs: optimised.
build: setup
	swift build -c release --product varve

# Every test, among them the built command end to end.
test: setup
	swift test
	.ci/plan
	Tests/serve/kills --kills 20

# Every page in a browser: axe, three widths, both themes, live, keys, without script.
test-browser: build
	Tests/browser/run

# Pictures of every page, below .build/screenshots.
screenshots: build
	Tests/browser/run --only pages --shots .build/screenshots

# Other products' clients against a server, counts and values compared.
test-clients: build
	Tests/clients/run

# OTLP over gRPC with its real client: a build of its own, with the package's trait.
test-grpc: setup
	swift build --product varve --traits GRPC --scratch-path .build-grpc
	VARVE="$(CURDIR)/.build-grpc/debug/varve" Tests/clients/run otlp_grpc

# A program outside the package, which embeds it: built as a user builds it, and run.
test-embedding: setup
	.ci/embedding

# PromQL against Debian's prometheus, on random queries. The program must be built.
test-promql: setup
	Tests/promql/run

# The style of the code (.swift-format).
lint:
	.ci/lint

# The reference of the libraries that people embed, as DocC archives below .build/documentation.
docs: setup
	.ci/documentation

# The program, its manual pages, shell completions and systemd units, below PREFIX. DESTDIR is put before every path.
PREFIX ?= /usr/local
install: build
	packaging/install --prefix "$(PREFIX)" --root "$(DESTDIR)"

# A Debian package in .build, whose program brings Swift's runtime with it.
deb: setup
	swift build -c release --product varve --static-swift-stdlib
	packaging/deb

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
