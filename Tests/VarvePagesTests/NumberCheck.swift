import Foundation
import Testing
import VarveEvents
import VarvePages
import VarveProjections
import VarveViews
import VarveWorkspace

/// Asks for every `data` element of a page what its attributes say, and compares.
struct NumberCheck {
    let folder: PageFolder
    let address: String
    let reply: PageReply

    /// One number and the question that it answers.
    private struct Shown {
        var value: String
        var column: String
        var key: String
        var question: [String: String]
    }

    /// How many were compared.
    func run() async throws -> Int {
        let shown = Self.numbers(reply.html)
        for (question, numbers) in Dictionary(grouping: shown, by: \.question) {
            let answer = try await answer(question)
            let columns = answer.columns.filter(\.isDimension).map(\.name)
            let names = answer.bucket == nil ? Array(answer.columns.map(\.name).prefix(2)) : columns
            var rows: [String: ViewRow] = [:]
            for row in answer.rows { rows[Self.key(row, names, answer.zone)] = row }
            for number in numbers {
                let row = try #require(rows[number.key], "\(address): no row \(number.key) of \(question)")
                #expect(row[number.column]?.json == number.value, "\(address): \(number.column) of \(number.key), \(question)")
            }
        }
        return shown.count
    }

    private func answer(_ question: [String: String]) async throws -> ViewAnswer {
        let view = try await folder.workspace.view(named: question["view"] ?? "")
        func time(_ name: String) -> Timestamp? {
            guard let text = question[name] else { return nil }
            let style = Date.ISO8601FormatStyle(includingFractionalSeconds: text.contains("."))
            guard let date = try? style.parse(text) else { return nil }
            return Timestamp(nanoseconds: Int64((date.timeIntervalSince1970 * 1_000).rounded()) * 1_000_000)
        }
        let by = question["by"].map { $0 == "none" ? [] : $0.split(separator: ",").map(String.init) }
        let filters = try (question["where"]?.components(separatedBy: " & ") ?? []).map {
            DimensionFilter(try FieldCondition(parsing: $0))
        }
        return try await folder.workspace.answer(
            ViewRequest(
                view, source: .log, asOf: .offset(Offset(reply.offset)),
                bucket: question["bucket"].flatMap { BucketLevel(named: $0) },
                table: question["table"], by: by, where: filters, from: time("from"), to: time("to")))
    }

    private static func key(_ row: ViewRow, _ names: [String], _ zone: BucketZone) -> String {
        let time = row.time.map { ["time=" + zone.text($0)] } ?? []
        let rest = names.map { name in
            let text = (row[name]?.text ?? "").replacing("%", with: "%25").replacing(",", with: "%2C").replacing("=", with: "%3D")
            return "\(name)=\(text)"
        }
        return (time + rest).joined(separator: ",")
    }

    // MARK: Reading a page

    /// All numbers, each with the attributes of what is around it: the innermost that has one says it.
    private static func numbers(_ html: String) -> [Shown] {
        var found: [Shown] = []
        var stack: [[String: String]] = []
        for tag in html.split(separator: "<") {
            guard let end = tag.firstIndex(of: ">") else { continue }
            let inner = tag[..<end]
            if inner.hasPrefix("/") {
                _ = stack.popLast()
                continue
            }
            let attributes = self.attributes(inner)
            let name = inner.prefix { $0 != " " && $0 != "/" }
            if name == "data", let view = attributes["data-view"] {
                var question = ["view": view]
                let around =
                    attributes["data-bucket"] != nil || attributes["data-table"] != nil
                    ? attributes
                    : stack.last { $0["data-bucket"] != nil || $0["data-table"] != nil || $0["data-from"] != nil } ?? [:]
                for part in ["table", "bucket", "by", "where", "from", "to"] { question[part] = around["data-\(part)"] }
                found.append(
                    Shown(
                        value: attributes["value"] ?? "", column: attributes["data-column"] ?? "",
                        key: attributes["data-key"] ?? "", question: question))
            }
            if !["meta", "link", "input", "br", "!doctype"].contains(name), !inner.hasSuffix("/") { stack.append(attributes) }
        }
        return found
    }

    private static func attributes(_ tag: Substring) -> [String: String] {
        var all: [String: String] = [:]
        for part in tag.matches(of: /([a-z-]+)="([^"]*)"/) {
            let text = String(part.2)
            all[String(part.1)] = text.replacing("&quot;", with: "\"").replacing("&lt;", with: "<")
                .replacing("&gt;", with: ">").replacing("&amp;", with: "&")
        }
        return all
    }
}
