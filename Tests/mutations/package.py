"""The manifest of the small package that bugs are planted in: the log and its dependencies, with their tests. It builds in a
fraction of the time of the whole package, and optimised, so that two thousand crash states take seconds."""

PACKAGE = """// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

func library(_ name: String, _ dependencies: [Target.Dependency], path: String? = nil) -> Target {
    .target(name: name, dependencies: dependencies, path: path, swiftSettings: strict)
}

let log: [Target.Dependency] = ["VarveLog", "VarveEvents", "VarveBatchFormat", "VarveDisk", "VarveHash", "VarveTestSupport"]

let package = Package(
    name: "mutations",
    platforms: [.macOS(.v15)],
    dependencies: [.package(url: "https://github.com/apple/swift-system", from: "1.8.0")],
    targets: [
        .systemLibrary(name: "CLZ4", pkgConfig: "liblz4"),
        .systemLibrary(name: "CXXHash", pkgConfig: "libxxhash"),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto"),
        library("VarveHash", ["CXXHash", "CCrypto"]),
        library("VarveEvents", []),
        library("VarveDisk", [.product(name: "SystemPackage", package: "swift-system")]),
        library("VarveBatchFormat", ["VarveEvents", "VarveHash", "CLZ4"]),
        library("VarveLog", ["VarveEvents", "VarveBatchFormat", "VarveDisk", "VarveHash"]),
        library("VarveTestSupport", ["VarveEvents", "VarveDisk"], path: "Tests/Support"),
        library("VarveCrashSimulator", log, path: "Tests/CrashSimulator"),
        .testTarget(name: "VarveDiskTests", dependencies: ["VarveDisk", "VarveTestSupport"], swiftSettings: strict),
        .testTarget(name: "VarveEventsTests", dependencies: ["VarveEvents", "VarveTestSupport"], swiftSettings: strict),
        .testTarget(
            name: "VarveBatchFormatTests", dependencies: ["VarveBatchFormat", "VarveEvents", "VarveHash", "VarveTestSupport"],
            swiftSettings: strict),
        .testTarget(name: "VarveLogTests", dependencies: log + ["VarveCrashSimulator"], swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6])
"""

FUZZER = PACKAGE.replace(
    "    ],\n    swiftLanguageModes",
    """        .executableTarget(
            name: "LogFuzzer", dependencies: log, path: "Tests/Fuzz", sources: ["LogFuzzer.swift"],
            swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])]),
    ],
    swiftLanguageModes""")
