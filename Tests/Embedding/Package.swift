// swift-tools-version: 6.2
import PackageDescription

/// A program outside the package, as a user of the libraries has it: `make test-embedding` builds and runs it, and
/// `WorkspaceEmbeddingTests` compiles the same source against the modules of the tests.
let package = Package(
    name: "embedding",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "varve", path: "../..")],
    targets: [.executableTarget(name: "Embedding", dependencies: [.product(name: "Varve", package: "varve")])],
    swiftLanguageModes: [.v6]
)
