/// A Parquet file as it is written: row groups one after the other, and the footer at the end. Values stand as they are (PLAIN),
/// nulls in runs (RLE), nothing is compressed; memory holds one row group.
///
///     "PAR1" · row groups: for each column one data page · footer (Thrift) · its length u32 · "PAR1"
struct ParquetFile: Sendable {
    private struct Chunk {
        var offset: Int
        var bytes: Int
        var rows: Int
    }

    static let rowsPerGroup = 65_536
    static let bytesPerGroup = 32 << 20

    var columns: [ParquetColumn]
    private var groups: [[Chunk]] = []
    private var written = 0
    private var rows = 0
    /// What is to be written next.
    private var pending: [UInt8] = Array("PAR1".utf8)

    init(_ columns: [ParquetColumn]) {
        self.columns = columns
        written = pending.count
    }

    /// A row was added to every column.
    mutating func endRow() {
        let isLarge = columns.reduce(0) { $0 + $1.bytes } > Self.bytesPerGroup
        if columns.first?.rows == Self.rowsPerGroup || isLarge { endGroup() }
    }

    private mutating func endGroup() {
        guard let count = columns.first?.rows, count > 0 else { return }
        var chunks: [Chunk] = []
        for index in columns.indices {
            let page = columns[index].takePage()
            chunks.append(Chunk(offset: written, bytes: page.count, rows: count))
            pending += page
            written += page.count
        }
        groups.append(chunks)
        rows += count
    }

    /// What can be written already.
    mutating func take() -> [UInt8] {
        defer { pending = [] }
        return pending
    }

    /// The rest, with the footer.
    mutating func finish() -> [UInt8] {
        endGroup()
        var footer = ThriftBytes()
        footer.element { file in
            file.int32(1, 1)
            file.list(2, .structure, columns.count + 1) { list in
                list.element { root in
                    root.text(4, "schema")
                    root.int32(5, columns.count)
                }
                for column in columns { list.element { Self.schema(column, &$0) } }
            }
            file.int64(3, rows)
            file.list(4, .structure, groups.count) { list in
                for group in groups { list.element { describe(group, &$0) } }
            }
            file.text(6, "varve")
        }
        let count = footer.bytes.count
        return take() + footer.bytes + (0..<4).map { UInt8(truncatingIfNeeded: count >> ($0 * 8)) } + Array("PAR1".utf8)
    }

    private static func schema(_ column: ParquetColumn, _ element: inout ThriftBytes) {
        element.int32(1, column.kind.physical)
        element.int32(3, 1)
        element.text(4, column.name)
        switch column.kind {
        case .text:
            element.int32(6, 0)
            element.structure(10) { $0.structure(1) { _ in } }
        case .time:
            element.structure(10) { logical in
                logical.structure(8) { time in
                    time.flag(1, true)
                    time.structure(2) { $0.structure(3) { _ in } }
                }
            }
        case .bool, .int64, .double: break
        }
    }

    private func describe(_ group: [Chunk], _ element: inout ThriftBytes) {
        element.list(1, .structure, group.count) { list in
            for (chunk, column) in zip(group, columns) {
                list.element { one in
                    one.int64(2, chunk.offset)
                    one.structure(3) { data in
                        data.int32(1, column.kind.physical)
                        data.list(2, .int32, 2) { encodings in
                            encodings.element(0)
                            encodings.element(3)
                        }
                        data.list(3, .binary, 1) { $0.element(column.name) }
                        data.int32(4, 0)
                        data.int64(5, chunk.rows)
                        data.int64(6, chunk.bytes)
                        data.int64(7, chunk.bytes)
                        data.int64(9, chunk.offset)
                    }
                }
            }
        }
        element.int64(2, group.reduce(0) { $0 + $1.bytes })
        element.int64(3, group.first?.rows ?? 0)
    }
}
