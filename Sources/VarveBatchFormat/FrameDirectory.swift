// The contents of a frame: its signals with row counts, its append entries, and its columns with position, size and checksum.
//
//     ┌────────┬───────────────────────┬─────────┬────────────────────────────────────┐
//     │ groups │ (name, rows) each     │ appends │ (producer <8b>, epoch, sequence,   │
//     │        │                       │         │  rows) each                        │
//     ├────────┴┬──────────────────────┴─────────┴────────────────────────────────────┤
//     │ columns │ (scope <1b>, type <1b>, name, compression <1b>, raw size, stored size, XXH3-64 <8b>) each │
//     └─────────┴─────────────────────────────────────────────────────────────────────┘
//
// Columns follow the directory in its order, without gaps. A column's checksum covers the stored, possibly compressed bytes, so
// nothing is decompressed before it is verified. Scope 3 marks the frame's own columns: time, observed, group, offset.

internal import VarveEvents

struct FrameDirectory {
    var groups: [SignalGroup]
    var appends: [AppendEntry]
    var columns: [ColumnEntry]
}

/// The directory entry of one column.
struct ColumnEntry {
    var id: ColumnID
    var isCompressed: Bool
    var rawSize: Int
    var storedSize: Int
    var hash: UInt64
    /// Position from the frame's first byte.
    var position = 0
}

/// A column of events, or one of the frame's own columns.
enum ColumnID: Hashable {
    case time, observed, group, offset
    case of(ColumnKey)

    static let system: [(ColumnID, String)] = [(.time, "time"), (.observed, "observed"), (.group, "group"), (.offset, "offset")]
}

extension FrameDirectory {
    private static let systemScope: UInt8 = 3

    func encode(into writer: inout ByteWriter) {
        writer.count(groups.count)
        for group in groups {
            writer.string(group.signal)
            writer.count(group.positions.count)
        }
        writer.count(appends.count)
        for append in appends {
            writer.fixed(append.producer)
            writer.varint(UInt64(append.epoch))
            writer.varint(append.sequence)
            writer.varint(UInt64(append.rows))
        }
        writer.count(columns.count)
        for column in columns {
            switch column.id {
            case .of(let key):
                writer.u8(key.scope.rawValue)
                writer.u8(key.type.rawValue)
                writer.string(key.name)
            default:
                writer.u8(Self.systemScope)
                writer.u8(ValueType.int64.rawValue)
                writer.string(ColumnID.system.first { $0.0 == column.id }?.1 ?? "")
            }
            writer.u8(column.isCompressed ? 2 : 1)
            writer.count(column.rawSize)
            writer.count(column.storedSize)
            writer.fixed(column.hash)
        }
    }

    /// Parses a directory whose checksum has been verified.
    init(parsing bytes: UnsafeRawBufferPointer, header: FrameHeader) throws(FormatError) {
        var reader = ByteReader(bytes)
        groups = try Self.groups(&reader, rowCount: header.rowCount)
        appends = []
        for _ in 0..<(try reader.count(atMost: header.rowCount, "appends")) {
            let producer = try reader.u64()
            let epoch = try reader.count(atMost: Int(UInt32.max), "as epoch")
            let sequence = try reader.varint()
            let rows = try reader.count(atMost: header.rowCount, "rows of an append")
            appends.append(AppendEntry(producer: producer, epoch: UInt32(epoch), sequence: sequence, rows: UInt32(rows)))
        }
        columns = []
        var position = FrameHeader.fixedSize + header.directorySize
        for _ in 0..<(try reader.count(atMost: EventLimits.columnsPerBatch + 8, "columns")) {
            var entry = try Self.column(&reader)
            entry.position = position
            position += entry.storedSize
            columns.append(entry)
        }
        guard reader.remaining == 0, position <= header.frameSize, header.frameSize - position < 8 else {
            throw FormatError(.malformed, "columns end at byte \(position) of a frame of \(header.frameSize)")
        }
    }

    private static func groups(_ reader: inout ByteReader, rowCount: Int) throws(FormatError) -> [SignalGroup] {
        var groups: [SignalGroup] = []
        var start = 0
        for _ in 0..<(try reader.count(atMost: rowCount, "signals")) {
            let name = try reader.string(atMost: EventLimits.nameBytes)
            let rows = try reader.count(atMost: rowCount - start, "rows of a signal")
            if let last = groups.last, !last.signal.utf8.lexicographicallyPrecedes(name.utf8) {
                throw FormatError(.malformed, "signals out of order")
            }
            guard rows > 0 else { throw FormatError(.malformed, "a signal without rows") }
            groups.append(SignalGroup(signal: name, positions: start..<(start + rows)))
            start += rows
        }
        guard start == rowCount else { throw FormatError(.malformed, "signals have \(start) of \(rowCount) rows") }
        return groups
    }

    private static func column(_ reader: inout ByteReader) throws(FormatError) -> ColumnEntry {
        let scope = try reader.u8()
        let type = try reader.u8()
        let name = try reader.string(atMost: EventLimits.nameBytes)
        let id: ColumnID
        if scope == systemScope, let system = ColumnID.system.first(where: { $0.1 == name }) {
            id = system.0
        } else if let scope = ColumnScope(rawValue: scope), let type = ValueType(rawValue: type) {
            let key = ColumnKey(scope, name, type)
            guard scope == .attribute || ColumnKey.envelope.contains(key) else {
                throw FormatError(.malformed, "the envelope has no column \(name)")
            }
            id = .of(key)
        } else {
            throw FormatError(.malformed, "column \(name) of scope \(scope) and type \(type)")
        }
        let compression = try reader.u8()
        guard compression == 1 || compression == 2 else { throw FormatError(.malformed, "compression \(compression)") }
        let raw = try reader.count(atMost: FormatLimits.columnBytes, "bytes of a column")
        let stored = try reader.count(atMost: raw, "stored bytes of a column")
        guard compression == 2 || raw == stored else { throw FormatError(.malformed, "\(stored) stored bytes for \(raw)") }
        return ColumnEntry(
            id: id, isCompressed: compression == 2, rawSize: raw, storedSize: stored, hash: try reader.u64())
    }
}
