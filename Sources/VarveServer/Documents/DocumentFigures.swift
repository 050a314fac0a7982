internal import Foundation
internal import VarveDisk
internal import VarveEvents
internal import VarveProjections
internal import VarveViews
internal import VarveWire
internal import VarveWorkspace

/// Rows of views as the documents' shapes are filled from them.
struct DocumentFigures: Sendable {
    let workspace: ReadableWorkspace
    /// The moment that "last hour" and "today" are counted from.
    let now = Timestamp(nanoseconds: wallClockNanoseconds())

    static let hour: Int64 = 3_600 * 1_000_000_000
    static let day: Int64 = 24 * hour

    /// Now.
    static var moment: Timestamp { Timestamp(nanoseconds: wallClockNanoseconds()) }

    /// So long ago.
    func ago(_ nanoseconds: Int64) -> Timestamp { Timestamp(nanoseconds: now.nanoseconds - nanoseconds) }

    /// The start of today, UTC.
    var today: Timestamp { Timestamp(nanoseconds: now.nanoseconds / Self.day * Self.day) }

    func rows(
        _ view: String, bucket: BucketLevel? = .all, by: [String]? = [], from: Timestamp? = nil, to: Timestamp? = nil,
        table: String? = nil, sort: String? = nil, limit: Int? = nil
    ) async throws -> [DocumentRow] {
        let definition = try await workspace.view(view, "main")
        var request = ViewRequest(
            definition, source: .keptOrLog(projector: "main"), bucket: table == nil ? bucket : nil, table: table,
            by: table == nil ? by : nil, from: from, to: to, order: RowOrder(sort: sort, top: nil, limit: limit ?? 10_000))
        if case .mergeable = definition {} else { (request.bucket, request.by) = (nil, nil) }
        let answer = try await workspace.answer(request)
        return AnswerText(answer).objects.compactMap { DocumentRow($0) }
    }

    /// All together, as one row; nothing is zeros.
    func whole(_ view: String, from: Timestamp? = nil, to: Timestamp? = nil) async throws -> DocumentRow {
        try await rows(view, from: from, to: to).first ?? DocumentRow([:])
    }
}

/// A row, by column.
struct DocumentRow: @unchecked Sendable {
    private let values: [String: Any]

    init(_ values: [String: Any]) { self.values = values }

    init?(_ json: String) {
        guard let object = try? JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any] else { return nil }
        values = object
    }

    func int(_ column: String) -> Int { (values[column] as? NSNumber)?.intValue ?? 0 }
    func double(_ column: String) -> Double? { (values[column] as? NSNumber)?.doubleValue }
    func text(_ column: String) -> String? { values[column] as? String }

    /// A list, as JSON.
    func json(_ column: String) -> String? {
        guard let list = values[column] as? [Any], let data = try? JSONSerialization.data(withJSONObject: list)
        else { return nil }
        return String(decoding: data, as: UTF8.self)
    }
}
