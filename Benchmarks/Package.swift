// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody who builds varve builds its benchmarks' dependencies too. The work that is measured lies
// in Workloads, which the main package compiles as well: its tests run every piece on small input.
let package = Package(
    name: "varve-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "varve", path: ".."),
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.0", traits: []),
    ],
    targets: [
        .target(
            name: "Workloads",
            dependencies: [
                .product(name: "VarveHash", package: "varve"), .product(name: "VarveEvents", package: "varve"),
                .product(name: "VarveBatchFormat", package: "varve"), .product(name: "VarveLog", package: "varve"),
                .product(name: "VarveProjections", package: "varve"), .product(name: "VarveWire", package: "varve"),
                .product(name: "VarveCatalog", package: "varve"), .product(name: "VarveDisk", package: "varve"),
            ],
            path: "Workloads"),
        .executableTarget(
            name: "ModuleBenchmarks", dependencies: ["Workloads", .product(name: "Benchmark", package: "benchmark")],
            path: "ModuleBenchmarks",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
        .executableTarget(name: "workload", dependencies: ["Workloads"], path: "Instructions"),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
