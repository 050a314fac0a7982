public import VarveEvents

/// Events as a Parquet file: a column for each field of the envelope, and one for each attribute, named `data.NAME`. An attribute
/// of one type keeps it; integers and doubles together are doubles, and any other mixture is text.
public struct ParquetEvents: Sendable {
    private static let envelope = ["offset", "observed", "time", "id", "signal", "tenant", "component", "session_id", "user_id"]

    private var file: ParquetFile
    private let attributes: [String: Int]

    /// Which attributes there are, and of which types: found by one pass over the events.
    public struct Kinds: Sendable {
        private(set) var kinds: [String: ParquetColumn.Kind] = [:]
        /// Attributes beyond so many have no column.
        private static let most = 4_096

        public init() {}

        public mutating func add(_ event: Event) {
            for attribute in event.attributes {
                let kind = Self.kind(attribute.value)
                guard let known = kinds[attribute.name] else {
                    if kinds.count < Self.most { kinds[attribute.name] = kind }
                    continue
                }
                if known != kind { kinds[attribute.name] = Set([known, kind]) == [.int64, .double] ? .double : .text }
            }
        }

        private static func kind(_ value: Value) -> ParquetColumn.Kind {
            switch value {
            case .int64: .int64
            case .double: .double
            case .bool: .bool
            default: .text
            }
        }
    }

    public init(_ kinds: Kinds) {
        var columns = Self.envelope.map { name in
            ParquetColumn(name, name == "offset" ? .int64 : name == "observed" || name == "time" ? .time : .text)
        }
        var attributes: [String: Int] = [:]
        for (name, kind) in kinds.kinds.sorted(by: { $0.key < $1.key }) {
            attributes[name] = columns.count
            columns.append(ParquetColumn("data." + name, kind))
        }
        self.attributes = attributes
        file = ParquetFile(columns)
    }

    public mutating func add(_ event: Event, at offset: Offset) {
        file.columns[0].int64(Int64(clamping: offset.value))
        if let observed = event.observed { file.columns[1].int64(observed.nanoseconds) } else { file.columns[1].null() }
        file.columns[2].int64(event.time.nanoseconds)
        let texts = [event.id, event.signal, event.tenant, event.component, event.session, event.user]
        for (index, text) in texts.enumerated() { put(text, 3 + index) }
        var seen = Set<Int>()
        for attribute in event.attributes {
            guard let index = attributes[attribute.name], seen.insert(index).inserted else { continue }
            put(attribute.value, index)
        }
        for index in Self.envelope.count..<max(Self.envelope.count, file.columns.count) where !seen.contains(index) {
            file.columns[index].null()
        }
        file.endRow()
    }

    private mutating func put(_ text: String?, _ index: Int) {
        if let text { file.columns[index].text(text) } else { file.columns[index].null() }
    }

    private mutating func put(_ value: Value, _ index: Int) {
        switch (value, file.columns[index].kind) {
        case (.int64(let number), .int64): file.columns[index].int64(number)
        case (.int64(let number), .double): file.columns[index].double(Double(number))
        case (.double(let number), .double): file.columns[index].double(number)
        case (.bool(let flag), .bool): file.columns[index].bool(flag)
        case (.string(let text), .text): file.columns[index].text(text)
        case (_, .text): file.columns[index].text(Self.text(value))
        default: file.columns[index].null()
        }
    }

    private static func text(_ value: Value) -> String {
        switch value {
        case .int64(let number): "\(number)"
        case .double(let number): "\(number)"
        case .bool(let flag): "\(flag)"
        case .string(let text), .json(let text): text
        }
    }

    /// What can be written already.
    public mutating func take() -> [UInt8] { file.take() }

    /// The rest, with the footer.
    public mutating func finish() -> [UInt8] { file.finish() }
}
