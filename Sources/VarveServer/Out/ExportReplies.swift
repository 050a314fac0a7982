internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import VarveEvents
internal import VarveLog
internal import VarveWire
internal import VarveWorkspace

/// `GET /api/v1/export`: any number of events, as they are in the log when it is asked. A stretch of the log is read and written
/// at a time, so that memory does not grow with what is sent.
struct ExportReplies: Sendable {
    let state: ServerState
    private static let stretch: UInt64 = 32_768

    enum Format: String, Sendable { case ndjson, csv, parquet }

    func events(_ request: Request, context: ReadContext) async throws -> Response {
        let query = try QueryText(request)
        try query.allow(QueryText.filterNames.union(["format"]))
        guard let format = Format(rawValue: query.first("format") ?? "ndjson") else {
            throw Problem.badParameter("format", "ndjson, csv or parquet")
        }
        let filter = try query.filter()
        let workspace = context.workspace
        let (snapshot, _, _) = try await workspace.standing()
        let range = snapshot.retained.value..<max(snapshot.retained.value, snapshot.durable.value)
        let types: [Format: String] = [
            .ndjson: "application/x-ndjson", .csv: "text/csv; charset=utf-8", .parquet: RowFormat.parquetType,
        ]
        var headers: HTTPFields = [
            .contentType: types[format] ?? "", .cacheControl: "no-store", .varveOffset: "\(range.upperBound)",
            .contentDisposition: "attachment; filename=\"events.\(format.rawValue)\"",
        ]
        headers[.varveDamaged] = RowFormat.missing(snapshot.damage.map { $0.offsets.clamped(to: range) })
        // Before the head is sent: what fails here is told as a problem.
        let kinds = format == .parquet ? try await kinds(workspace, filter, range) : ParquetEvents.Kinds()
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { writer in
                switch format {
                case .parquet: try await self.parquet(workspace, filter, range, kinds, &writer)
                case .ndjson, .csv: try await self.text(workspace, filter, range, format, &writer)
                }
                try await writer.finish(nil)
            })
    }

    private func stretches(_ range: Range<UInt64>) -> [Range<UInt64>] {
        stride(from: range.lowerBound, to: range.upperBound, by: Int(Self.stretch)).map {
            $0..<min(range.upperBound, $0 + Self.stretch)
        }
    }

    private func text(
        _ workspace: ReadableWorkspace, _ filter: LogFilter, _ range: Range<UInt64>, _ format: Format,
        _ writer: inout any ResponseBodyWriter
    ) async throws {
        if format == .csv { try await writer.write(ByteBuffer(string: EventCSV.header)) }
        for part in stretches(range) {
            let bytes = try await workspace.scan(part, filter) { (batches: [EventBatch]) -> [UInt8] in
                let printer = BatchPrinter(format == .csv ? .csv : .ndjson)
                for batch in batches { printer.print(batch) }
                return printer.take()
            }
            if !bytes.isEmpty { try await writer.write(ByteBuffer(bytes: bytes)) }
        }
    }

    private func kinds(
        _ workspace: ReadableWorkspace, _ filter: LogFilter, _ range: Range<UInt64>
    ) async throws -> ParquetEvents.Kinds {
        var kinds = ParquetEvents.Kinds()
        for part in stretches(range) {
            let known = kinds
            kinds = try await workspace.scan(part, filter) { (batches: [EventBatch]) -> ParquetEvents.Kinds in
                var found = known
                for batch in batches { batch.forEachEvent { _, event in found.add(event) } }
                return found
            }
        }
        return kinds
    }

    private func parquet(
        _ workspace: ReadableWorkspace, _ filter: LogFilter, _ range: Range<UInt64>, _ kinds: ParquetEvents.Kinds,
        _ writer: inout any ResponseBodyWriter
    ) async throws {
        var file = ParquetEvents(kinds)
        for part in stretches(range) {
            let begun = file
            let (next, bytes) = try await workspace.scan(part, filter) { (batches: [EventBatch]) -> (ParquetEvents, [UInt8]) in
                var file = begun
                for batch in batches { batch.forEachEvent { offset, event in file.add(event, at: offset) } }
                let bytes = file.take()
                return (file, bytes)
            }
            file = next
            if !bytes.isEmpty { try await writer.write(ByteBuffer(bytes: bytes)) }
        }
        try await writer.write(ByteBuffer(bytes: file.finish()))
    }
}
