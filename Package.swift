// swift-tools-version: 6.2
import PackageDescription

/// Settings of all Swift targets: explicit existentials and imports, warnings as errors.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

/// A module: a target and a library product of the same name. Modules import only the modules below them.
func library(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")

let libraries: [Target] = [
    library("VarveHash", ["CXXHash", "CCrypto"]),
    library("VarveSettings", [.product(name: "Yams", package: "Yams")]),
    library("VarveEvents", []),
    library("VarveDisk", [.product(name: "SystemPackage", package: "swift-system")]),
    library("VarveBatchFormat", ["VarveEvents", "VarveHash", "CLZ4"]),
    library("VarveLog", ["VarveEvents", "VarveBatchFormat", "VarveDisk", "VarveHash"]),
    library("VarveProjections", ["VarveEvents", "VarveHash", "VarveSettings"]),
    library(
        "VarveViews",
        [
            "VarveEvents", "VarveBatchFormat", "VarveLog", "VarveProjections", "VarveDisk", "VarveHash",
            .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
        ]),
    library("VarveWire", ["VarveEvents", "VarveHash", "VarveSettings", "CSimdjson", "CZlib", "CSnappy"]),
    library("VarveCatalog", ["VarveEvents", "VarveProjections", "VarveHash"]),
    library("VarveAnalysis", ["VarveEvents"]),
    library("VarvePromQL", []),
    library("VarveCharts", []),
    library(
        "VarveOutbound",
        [
            .product(name: "AsyncHTTPClient", package: "async-http-client"), .product(name: "NIOCore", package: "swift-nio"),
            .product(name: "NIOPosix", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
            .product(name: "NIOSSL", package: "swift-nio-ssl"), logging,
        ]),
    library(
        "VarveIngest",
        [
            "VarveWire", "VarveCatalog", "VarveLog", "VarveEvents", "VarveBatchFormat", "VarveDisk", "VarveHash",
            .product(name: "CoreMetrics", package: "swift-metrics"),
        ]),
    library(
        "VarveWorkspace",
        [
            "VarveIngest", "VarveViews", "VarveLog", "VarveWire", "VarveCatalog", "VarveProjections", "VarveEvents",
            "VarveBatchFormat", "VarveDisk", "VarveHash", "VarvePromQL",
            .product(name: "CoreMetrics", package: "swift-metrics"), logging,
            .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        ]),
    library(
        "VarveAlerts",
        [
            "VarveWorkspace", "VarveIngest", "VarveViews", "VarveCatalog", "VarveProjections", "VarveAnalysis", "VarvePromQL",
            "VarveOutbound", "VarveWire", "VarveLog", "VarveEvents", "VarveDisk", "VarveHash", "VarveSettings",
            "VarveBatchFormat", logging,
            .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        ]),
    library(
        "VarveReports",
        [
            "VarveAnalysis", "VarveCharts", "VarveWorkspace", "VarveViews", "VarveCatalog", "VarveProjections", "VarveLog",
            "VarveEvents", "VarveWire",
        ]),
    library(
        "VarvePages",
        [
            "VarveWorkspace", "VarveWire", "VarveViews", "VarveCatalog", "VarveProjections", "VarveLog", "VarveEvents",
            "VarveHash", "VarveBatchFormat", "VarveAlerts", "VarveCharts", "VarveAnalysis",
        ]),
    library(
        "VarveServer",
        [
            "VarvePages", "VarveReports", "VarveCharts", "VarveAlerts", "VarveOutbound", "VarvePromQL", "VarveAnalysis",
            "VarveWorkspace", "VarveIngest", "VarveViews", "VarveCatalog", "VarveWire", "VarveLog", "VarveProjections",
            "VarveBatchFormat", "VarveEvents", "VarveDisk", "VarveHash", "VarveSettings", "CSodium",
            .product(name: "Hummingbird", package: "hummingbird"), .product(name: "HummingbirdCore", package: "hummingbird"),
            .product(name: "HummingbirdTLS", package: "hummingbird"), .product(name: "HTTPTypes", package: "swift-http-types"),
            .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
            .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOWebSocket", package: "swift-nio"),
            .product(name: "NIOSSL", package: "swift-nio-ssl"), .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
            .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
            .product(name: "CoreMetrics", package: "swift-metrics"), logging,
            .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            .product(name: "UnixSignals", package: "swift-service-lifecycle"),
        ]),
]

/// OTLP over gRPC. Its libraries bring swift-crypto, which nothing else here needs: without the trait they are not resolved.
let gRPC = library(
    "VarveGRPC",
    ["VarveServer", .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio")]
        + [
            ("GRPCCore", "grpc-swift-2"), ("GRPCNIOTransportHTTP2Posix", "grpc-swift-nio-transport"),
            ("NIOHTTP2", "swift-nio-http2"), ("NIOHPACK", "swift-nio-http2"),
        ].map { .product(name: $0.0, package: $0.1, condition: .when(traits: ["GRPC"])) })

/// The module that embedding programs import. On case-insensitive file systems `Sources/Varve` and `Sources/varve` would be the
/// same folder, so this one is `Sources/VarveUmbrella`; for the same reason the command's module is `VarveCommand`.
let umbrella = Target.target(
    name: "Varve",
    dependencies: ["VarveEvents", "VarveLog", "VarveProjections", "VarveViews", "VarveWire", "VarveCatalog", "VarveWorkspace"],
    path: "Sources/VarveUmbrella", swiftSettings: strict)

let package = Package(
    name: "varve", platforms: [.macOS(.v15)],
    products: (libraries + [umbrella]).map { .library(name: $0.name, targets: [$0.name]) }
        + [.executable(name: "varve", targets: ["VarveCommand"])],
    traits: [.trait(name: "GRPC", description: "OTLP over gRPC: swift build --traits GRPC")],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        .package(url: "https://github.com/grpc/grpc-swift-2", from: "2.4.3"),
        .package(url: "https://github.com/grpc/grpc-swift-nio-transport", from: "2.9.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    ],
    targets: libraries + [
        umbrella, gRPC,
        .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"]), .brew(["lz4"])]),
        .systemLibrary(name: "CXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"]), .brew(["xxhash"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
        .systemLibrary(name: "CSnappy", providers: [.apt(["libsnappy-dev"]), .brew(["snappy"])]),
        .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"]), .brew(["libsodium"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CSimdjson", linkerSettings: [.linkedLibrary("simdjson")]),
        .executableTarget(
            name: "VarveCommand",
            dependencies: libraries.map { .byName(name: $0.name) } + [
                "VarveGRPC", .product(name: "ArgumentParser", package: "swift-argument-parser"), logging,
            ],
            path: "Sources/varve", swiftSettings: strict),
        .target(
            name: "VarveTestSupport", dependencies: ["VarveEvents", "VarveDisk"], path: "Tests/Support",
            swiftSettings: strict),
        .target(
            name: "VarveCrashSimulator",
            dependencies: ["VarveLog", "VarveEvents", "VarveBatchFormat", "VarveDisk", "VarveHash", "VarveTestSupport"],
            path: "Tests/CrashSimulator", swiftSettings: strict),
        .executableTarget(
            name: "varve-torture",
            dependencies: [
                "VarveCrashSimulator", "VarveLog", "VarveBatchFormat", "VarveEvents", "VarveDisk", "VarveViews", "VarveCatalog",
                "VarveHash", "VarveProjections", "VarveTestSupport",
            ],
            path: "Tests/Torture", swiftSettings: strict),
        .executableTarget(
            name: "varve-measure",
            dependencies: [
                "VarveCatalog", "VarveDisk", "VarveEvents", "VarveLog", "VarveProjections", "VarveViews", "VarveWire",
                "VarveWorkspace",
            ],
            path: "Tests/Measure", swiftSettings: strict),
        // The work that the benchmarks measure. It is a target of this package so that tests run it on small inputs.
        .target(
            name: "VarveWorkloads",
            dependencies: libraries.filter {
                !["VarveServer", "VarveReports", "VarvePages", "VarveAlerts", "VarveOutbound"].contains($0.name)
            }.map { .byName(name: $0.name) }, path: "Benchmarks/Workloads", swiftSettings: strict),
        tests("VarveBenchmarkTests", ["VarveWorkloads"]),
        tests("LayeringTests", []),
        tests("VarveCommandTests", ["VarveCommand", "VarveTestSupport"]),
        tests("VarveUmbrellaTests", ["Varve"]),
        tests("VarveDiskTests", ["VarveDisk", "VarveTestSupport"]),
        tests(
            "VarveCatalogTests",
            ["VarveCatalog", "VarveEvents", "VarveHash", "VarveLog", "VarveProjections", "VarveWire", "VarveTestSupport"]),
        tests(
            "VarveLogTests",
            [
                "VarveLog", "VarveEvents", "VarveBatchFormat", "VarveDisk", "VarveHash", "VarveTestSupport",
                "VarveCrashSimulator",
            ]),
        tests(
            "VarveIngestTests",
            [
                "VarveIngest", "VarveLog", "VarveWire", "VarveCatalog", "VarveEvents", "VarveBatchFormat", "VarveDisk",
                "VarveHash", "VarveTestSupport",
            ]),
        tests(
            "VarveWorkspaceTests",
            [
                "VarveWorkspace", "VarveIngest", "VarveLog", "VarveViews", "VarveProjections", "VarveCatalog", "VarveEvents",
                logging, .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        tests(
            "VarveServerTests",
            ["VarveServer", "VarveCommand", "VarveCatalog", "CZlib", "VarveTestSupport", logging]),
        tests("VarveAnalysisTests", ["VarveAnalysis", "VarveEvents"]),
        tests(
            "VarveReportsTests",
            ["VarveReports", "VarveAnalysis", "VarveCatalog", "VarveIngest", "VarveLog", "VarveProjections", "VarveEvents"]),
        tests("VarvePromQLTests", ["VarvePromQL"]),
        tests("VarveChartsTests", ["VarveCharts"]),
        tests(
            "VarveAlertsTests",
            [
                "VarveAlerts", "VarveOutbound", "VarveWorkspace", "VarveIngest", "VarveViews", "VarveCatalog", "VarveProjections",
                "VarveEvents", "VarveLog", "VarveAnalysis", "VarvePromQL", "VarveSettings", "VarveTestSupport",
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"), logging,
            ]),
        tests(
            "VarvePagesTests",
            [
                "VarvePages", "VarveCharts", "VarveAlerts", "VarveWorkspace", "VarveViews", "VarveCatalog", "VarveEvents",
                "VarveProjections",
            ]),
        tests("VarveHashTests", ["VarveHash"]),
        tests("VarveEventsTests", ["VarveEvents", "VarveTestSupport"]),
        tests("VarveBatchFormatTests", ["VarveBatchFormat", "VarveEvents", "VarveHash", "VarveTestSupport"]),
        tests("VarveSettingsTests", ["VarveSettings"]),
        tests("VarveWireTests", ["VarveWire", "VarveEvents", "VarveSettings", "CZlib", "CSnappy"]),
        tests(
            "VarveViewsTests",
            [
                "VarveViews", "VarveLog", "VarveProjections", "VarveCatalog", "VarveEvents", "VarveBatchFormat", "VarveDisk",
                "VarveHash", "VarveTestSupport", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]),
        tests("VarveTortureTests", ["VarveCommand", "varve-torture", "VarveTestSupport"]),
        tests(
            "VarveProjectionsTests",
            ["VarveProjections", "VarveCatalog", "VarveEvents", "VarveHash", "VarveSettings", "VarveTestSupport"]),
    ],
    swiftLanguageModes: [.v6], cxxLanguageStandard: .cxx17
)
