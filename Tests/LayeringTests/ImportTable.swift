/// Which module may import which. Imports only point down, and each outside dependency is imported by one module.
///
/// SwiftPM may compile an undeclared import without an error if the module happens to be built already, so the test reads the
/// sources.
enum ImportTable {
    /// Toolchain modules without input or output, which every module may import.
    static let everywhere: Set<String> = ["Synchronization"]

    /// API-only packages, which every module above the log may import.
    static let interfaces: Set<String> = ["CoreMetrics", "Logging", "ServiceLifecycle"]

    /// swift-nio's event loops and TLS, which the server (requests in), `VarveOutbound` (requests out) and `VarveGRPC` import.
    static let eventLoops: Set<String> = ["NIOCore", "NIOPosix", "NIOHTTP1", "NIOSSL"]

    /// The C library's module has a different name on each platform.
    private static let systemCalls: Set<String> = ["Glibc", "Musl", "Darwin"]

    static let allowed: [String: Set<String>] = [
        "VarveHash": ["CXXHash", "CCrypto"],
        "VarveSettings": ["Yams"],
        "VarveEvents": [],
        "VarveDisk": systemCalls.union(["SystemPackage"]),
        "VarveBatchFormat": ["VarveEvents", "VarveHash", "CLZ4"],
        "VarveLog": ["VarveEvents", "VarveBatchFormat", "VarveDisk", "VarveHash"],
        "VarveProjections": ["VarveEvents", "VarveHash", "VarveSettings"],
        // BatchFormat: the log's interface uses its types for a log's identity and the columns a scan reads.
        "VarveViews": [
            "VarveEvents", "VarveLog", "VarveBatchFormat", "VarveProjections", "VarveDisk", "VarveHash", "GRDB", "GRDBSQLite",
            "Foundation",
        ],
        "VarveWire": ["VarveEvents", "VarveHash", "VarveSettings", "CSimdjson", "CZlib", "CSnappy", "Foundation"],
        "VarveCatalog": ["VarveEvents", "VarveProjections", "VarveHash"],
        // Foundation only for the C library's math functions; one file imports it.
        "VarveAnalysis": ["VarveEvents", "Foundation"],
        // Foundation for the C library's math functions and for regular expressions.
        "VarvePromQL": ["Foundation"],
        "VarveCharts": ["Foundation"],
        "VarveOutbound": [
            "AsyncHTTPClient", "NIOCore", "NIOPosix", "NIOHTTP1", "NIOSSL", "NIOTLS", "Logging", "Foundation",
        ],
        // BatchFormat: the log's interface uses its types for a log's identity and the columns a scan reads.
        "VarveIngest": [
            "VarveWire", "VarveCatalog", "VarveLog", "VarveEvents", "VarveBatchFormat", "VarveDisk", "VarveHash",
            "CoreMetrics",
        ],
        "VarveWorkspace": interfaces.union([
            "VarveIngest", "VarveViews", "VarveLog", "VarveWire", "VarveCatalog", "VarveProjections", "VarveEvents",
            "VarveBatchFormat", "VarveDisk", "VarveHash", "VarvePromQL",
        ]),
        "VarveAlerts": interfaces.union([
            "VarveWorkspace", "VarveIngest", "VarveViews", "VarveCatalog", "VarveProjections", "VarveAnalysis", "VarvePromQL",
            "VarveOutbound", "VarveWire", "VarveLog", "VarveEvents", "VarveDisk", "VarveHash", "VarveSettings",
            "VarveBatchFormat",
            "Foundation",
        ]),
        "VarveReports": [
            "VarveAnalysis", "VarveCharts", "VarveWorkspace", "VarveViews", "VarveCatalog", "VarveProjections", "VarveLog",
            "VarveEvents", "VarveWire",
        ],
        // Wire for moments as they are typed: an address has the same ones as the flags.
        "VarvePages": [
            "VarveWorkspace", "VarveWire", "VarveViews", "VarveCatalog", "VarveProjections", "VarveLog", "VarveEvents",
            "VarveHash", "VarveBatchFormat", "VarveAlerts", "VarveCharts", "VarveAnalysis", "Foundation",
        ],
        // Views, Wire and others: the requests and answers of a workspace are their types.
        "VarveServer": interfaces.union([
            "VarvePages", "VarveReports", "VarveCharts", "VarveAlerts", "VarveOutbound", "VarvePromQL", "VarveAnalysis",
            "CSodium", "VarveWorkspace", "VarveIngest", "VarveViews", "VarveCatalog", "VarveWire", "VarveLog", "VarveProjections",
            "VarveBatchFormat", "VarveEvents", "VarveDisk", "VarveHash", "VarveSettings", "Hummingbird", "HummingbirdCore",
            "HummingbirdTLS", "HTTPTypes", "NIOCore", "NIOPosix", "NIOHTTP1", "NIOWebSocket", "NIOSSL", "NIOHTTPTypes",
            "NIOHTTPTypesHTTP1", "UnixSignals", "Foundation",
        ]),
        // Compiled only with the package's trait GRPC; the one module that sees gRPC's libraries.
        "VarveGRPC": [
            "VarveServer", "GRPCCore", "GRPCNIOTransportHTTP2Posix", "NIOCore", "NIOPosix", "NIOHTTP2", "NIOHPACK",
        ],
        "VarveUmbrella": [
            "VarveEvents", "VarveLog", "VarveProjections", "VarveViews", "VarveWire", "VarveCatalog", "VarveWorkspace",
            "Foundation",
        ],
        "varve": [
            "VarveHash", "VarveSettings", "VarveEvents", "VarveDisk", "VarveBatchFormat", "VarveLog", "VarveProjections",
            "VarveViews", "VarveWire", "VarveCatalog", "VarveIngest", "VarveWorkspace",
            "VarveServer", "VarveAnalysis", "VarvePromQL", "VarveCharts", "VarveOutbound", "VarveAlerts", "VarvePages", "Logging",
            "VarveGRPC", "VarveReports", "ArgumentParser", "Foundation", "Dispatch",
        ],
    ]

    /// Folders of `Sources` without Swift: C shims, each imported by one module.
    static let shims: Set<String> = ["CLZ4", "CCrypto", "CXXHash", "CSimdjson", "CSnappy", "CSodium", "CZlib"]
}

/// One `import` of a file.
struct ImportLine {
    let module: String
    let line: Int

    /// Reads `import X`, `public import X`, `@preconcurrency internal import X`, `import struct X.Y`.
    init?(_ text: String, line: Int) {
        guard text.has("import") else { return nil }
        let kinds: Set<Substring> = ["struct", "enum", "class", "func", "protocol", "typealias", "var", "let"]
        let modifiers: Set<Substring> = ["public", "package", "internal", "fileprivate", "private"]
        var words = text.split(whereSeparator: { $0 == " " || $0 == "\t" })
        while let first = words.first, first.hasPrefix("@") || modifiers.contains(first) { words.removeFirst() }
        guard words.first == "import", words.count >= 2 else { return nil }
        let name = kinds.contains(words[1]) && words.count >= 3 ? words[2] : words[1]
        module = String(name.prefix { $0 != "." && $0 != ";" })
        self.line = line
    }
}
