/// Who may import whom: the floors of the house. Arrows only point down, and each outside module has one door.
///
/// An import that the manifest does not declare compiles silently when the module happens to be built already, so this table
/// is enforced by reading the sources.
enum ImportTable {
    /// Modules of the toolchain that any floor may use: no input or output in them.
    static let everywhere: Set<String> = ["Synchronization"]

    /// Interfaces without an implementation of their own, which every module above the log may import.
    static let interfaces: Set<String> = ["CoreMetrics", "Logging", "ServiceLifecycle"]

    /// The C library goes by another name on each system.
    private static let systemCalls: Set<String> = ["Glibc", "Musl", "Darwin"]

    static let allowed: [String: Set<String>] = [
        "VarveHash": ["CXXHash", "CCrypto"],
        "VarveSettings": ["Yams"],
        "VarveEvents": [],
        "VarveDisk": systemCalls.union(["SystemPackage"]),
        "VarveBatchFormat": ["VarveEvents", "VarveHash", "CLZ4"],
        "VarveLog": ["VarveEvents", "VarveBatchFormat", "VarveDisk", "VarveHash"],
        "VarveProjections": ["VarveEvents", "VarveHash", "VarveSettings"],
        // BatchFormat too: what a log is called and which columns a scan reads are its types, in the log's own interface.
        "VarveViews": [
            "VarveEvents", "VarveLog", "VarveBatchFormat", "VarveProjections", "VarveDisk", "VarveHash", "GRDB", "GRDBSQLite",
            "Foundation",
        ],
        "VarveWire": ["VarveEvents", "VarveHash", "VarveSettings", "CSimdjson", "CZlib", "CSnappy", "Foundation"],
        "VarveCatalog": ["VarveEvents", "VarveProjections", "VarveHash"],
        // Foundation for the C library's functions of real numbers only; one file asks it.
        "VarveAnalysis": ["VarveEvents", "Foundation"],
        // Foundation for the C library's functions of real numbers and for regular expressions.
        "VarvePromQL": ["Foundation"],
        "VarveCharts": ["Foundation"],
        "VarveOutbound": [
            "AsyncHTTPClient", "NIOCore", "NIOPosix", "NIOHTTP1", "NIOSSL", "NIOTLS", "Logging", "Foundation",
        ],
        // BatchFormat too: what a log is called and what a scan reads are its types, in the log's own interface.
        "VarveIngest": [
            "VarveWire", "VarveCatalog", "VarveLog", "VarveEvents", "VarveBatchFormat", "VarveDisk", "VarveHash",
            "CoreMetrics",
        ],
        "VarveWorkspace": interfaces.union([
            "VarveIngest", "VarveViews", "VarveLog", "VarveWire", "VarveCatalog", "VarveProjections", "VarveEvents",
            "VarveBatchFormat", "VarveDisk",
        ]),
        "VarveAlerts": interfaces.union([
            "VarveWorkspace", "VarveIngest", "VarveViews", "VarveCatalog", "VarveProjections", "VarveAnalysis", "VarvePromQL",
            "VarveOutbound", "VarveWire", "VarveLog", "VarveEvents", "VarveDisk", "VarveHash", "VarveSettings",
            "VarveBatchFormat",
            "Foundation",
        ]),
        // Wire for moments as they are typed: an address has the same ones as the flags.
        "VarvePages": [
            "VarveWorkspace", "VarveWire", "VarveViews", "VarveCatalog", "VarveProjections", "VarveLog", "VarveEvents",
            "VarveHash", "VarveBatchFormat", "VarveAlerts", "VarveCharts", "VarveAnalysis", "Foundation",
        ],
        // Views, Wire and the others too: what a workspace is asked and answers are their types.
        "VarveServer": interfaces.union([
            "VarvePages", "VarveCharts", "VarveAlerts", "VarvePromQL", "VarveAnalysis", "CSodium", "VarveWorkspace", "VarveIngest", "VarveViews", "VarveCatalog", "VarveWire", "VarveLog", "VarveProjections",
            "VarveBatchFormat", "VarveEvents", "VarveDisk", "VarveHash", "VarveSettings", "Hummingbird", "HummingbirdCore",
            "HummingbirdTLS", "HTTPTypes", "NIOCore", "NIOPosix", "NIOHTTP1", "NIOWebSocket", "NIOSSL", "NIOHTTPTypes",
            "NIOHTTPTypesHTTP1", "UnixSignals", "Foundation",
        ]),
        "VarveUmbrella": [
            "VarveEvents", "VarveLog", "VarveProjections", "VarveViews", "VarveWire", "VarveCatalog", "VarveWorkspace",
            "Foundation",
        ],
        "varve": [
            "VarveHash", "VarveSettings", "VarveEvents", "VarveDisk", "VarveBatchFormat", "VarveLog", "VarveProjections",
            "VarveViews", "VarveWire", "VarveCatalog", "VarveIngest", "VarveWorkspace",
            "VarveServer", "VarveAnalysis", "VarvePromQL", "VarveCharts", "VarveOutbound", "VarveAlerts", "VarvePages", "Logging",
            "ArgumentParser", "Foundation", "Dispatch",
        ],
    ]

    /// Folders of `Sources` that hold no Swift: C shims, each behind the one floor that may import it.
    static let shims: Set<String> = ["CLZ4", "CCrypto", "CXXHash", "CSimdjson", "CSnappy", "CSodium", "CZlib"]
}

/// One `import` of a file.
struct ImportLine {
    let module: String
    let line: Int

    /// Reads `import X`, `public import X`, `@preconcurrency internal import X`, `import struct X.Y`.
    init?(_ text: String, line: Int) {
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
