internal import Foundation
internal import VarveEvents

/// Decodes lines of Apache's and nginx's access logs to `http.request` events.
///
///     client ident user [17/May/2015:10:05:03 +0000] "GET /a?b HTTP/1.1" 200 203023 "referer" "user agent"
///     └───────────────────── common ───────────────────────────────────────────┘ └─── combined ────────┘
///
/// `vhost_combined` has `host:port` before the client, nginx's `main` a quoted `X-Forwarded-For` at the end.
///
/// `combined` may end as Traefik's lines do: `17 "router" "url" 3ms` become `RequestCount`, the component, `ServiceURL` and
/// `duration_ms`.
///
/// `-` is an absent value. In quotes, `\"` and `\\` are a quote and a backslash; other escapes stay as they are. The last quote
/// of a line may be missing: servers cut long lines.
struct AccessLogDecoder: ~Copyable {
    private let layout: AccessLogLayout
    private var padding = NULPadding()
    private var clock: EventClock
    private var generation = 0
    private var columns = Columns()

    private struct Columns {
        var host = ColumnHandle.id
        var port = ColumnHandle.id
        var forwardedFor = ColumnHandle.id
        var client = ColumnHandle.id
        var method = ColumnHandle.id
        var path = ColumnHandle.id
        var query = ColumnHandle.id
        var version = ColumnHandle.id
        var request = ColumnHandle.id
        var status = ColumnHandle.id
        var bytes = ColumnHandle.id
        var referer = ColumnHandle.id
        var userAgent = ColumnHandle.id
        var requests = ColumnHandle.id
        var url = ColumnHandle.id
        var duration = ColumnHandle.id
    }

    mutating func set(now: Timestamp) { clock.set(now: now) }

    init(_ layout: AccessLogLayout, clock: EventClock) {
        self.layout = layout
        self.clock = clock
    }

    /// NUL bytes that were skipped.
    var paddingBytes: UInt64 { padding.bytes }

    mutating func decode(
        _ bytes: UnsafeMutablePointer<UInt8>, count: Int, isLast: Bool, place: inout InputPlace,
        into assembler: inout BlockAssembler
    ) -> Int {
        var used = 0
        while used < count {
            let newline = memchr(bytes + used, 0x0A, count - used).map { $0 - UnsafeMutableRawPointer(bytes) }
            guard let end = newline ?? (isLast ? count : nil) else { return used }
            let whole = UnsafeRawBufferPointer(start: bytes + used, count: end - used)
            let line = padding.strip(whole)
            let number = place.lines + 1
            let offset = place.bytes + UInt64(padding.front)
            place.advance(lines: 1, bytes: end - used + (newline == nil ? 0 : 1))
            used = min(end + 1, count)
            assembler.cover(lines: place.lines, bytes: place.bytes)
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
            if let problem = read(line, number, offset, &assembler) {
                assembler.reject(Rejection(problem, line, line: number, offset: offset))
            }
        }
        return used
    }

    private mutating func read(
        _ line: UnsafeRawBufferPointer, _ number: Int, _ offset: UInt64, _ assembler: inout BlockAssembler
    ) -> Problem? {
        guard line.count <= WireLimits.lineBytes else {
            return Problem(.lineTooLong, "the line has \(line.count) bytes, \(WireLimits.lineBytes) are allowed")
        }
        if let problem = textProblem(line) { return problem }
        var fields = LineFields(line)
        if var problem = fields.split(layout) {
            problem.hint = problem.hint ?? FormatGuess.hint(line, readAs: layout.format)
            return problem
        }
        guard let time = fields.nanoseconds(line) else {
            return Problem(
                .badTime,
                "\"\(String(decoding: line[fields.time].prefix(40), as: UTF8.self))\" is not a time like "
                    + "17/May/2015:10:05:03 +0000")
        }
        guard time >= clock.earliest, time <= clock.latest else {
            return Problem(.timeOutOfRange, "the time is not between 1990 and now plus one day")
        }
        for _ in 0..<2 {
            if generation != assembler.generation { makeColumns(&assembler) }
            fill(line, fields, time, &assembler.builder)
            if assembler.rowFits {
                assembler.endRow(line: number, observed: nil, record: line, offset: offset)
                return nil
            }
            assembler.restart()
        }
        return BlockAssembler.tooLarge
    }

    private mutating func makeColumns(_ assembler: inout BlockAssembler) {
        func text(_ name: String) -> ColumnHandle { assembler.builder.handle(ColumnKey(.attribute, name, .string)) }
        func number(_ name: String) -> ColumnHandle { assembler.builder.handle(ColumnKey(.attribute, name, .int64)) }
        columns = Columns(
            host: text("host"), port: number("port"), forwardedFor: text("forwarded_for"), client: text("client"),
            method: text("method"), path: text("path"), query: text("query"), version: text("protocol"),
            request: text("request"), status: number("status"), bytes: number("bytes"), referer: text("referer"),
            userAgent: text("user_agent"), requests: number("RequestCount"), url: text("ServiceURL"),
            duration: assembler.builder.handle(ColumnKey(.attribute, "duration_ms", .double)))
        generation = assembler.generation
    }

    /// Begins and fills the row of a line.
    private func fill(
        _ line: UnsafeRawBufferPointer, _ fields: LineFields, _ time: Int64, _ builder: inout BatchBuilder
    ) {
        let signal: StaticString = "http.request"
        builder.beginRow(time: time, signal: UnsafeRawBufferPointer(start: signal.utf8Start, count: signal.utf8CodeUnitCount))
        if !fields.isDash(fields.client) {
            builder.set(columns.client, string: UnsafeRawBufferPointer(rebasing: line[fields.client]))
        }
        if layout.hasHost { setHost(line, fields, &builder) }
        set(columns.forwardedFor, line, fields.forwardedFor, fields, &builder)
        if !fields.isUserAbsent { builder.set(.user, string: UnsafeRawBufferPointer(rebasing: line[fields.user])) }
        if let status = fields.status { builder.set(columns.status, int64: status) }
        if let bytes = fields.bytes { builder.set(columns.bytes, int64: bytes) }
        set(columns.referer, line, fields.referer, fields, &builder)
        set(columns.userAgent, line, fields.userAgent, fields, &builder)
        withUnescaped(line, fields.request) { setRequest($0, &builder) }
        guard let traefik = fields.traefik else { return }
        if traefik.requests >= 0 { builder.set(columns.requests, int64: traefik.requests) }
        set(.component, line, traefik.router, fields, &builder)
        set(columns.url, line, traefik.url, fields, &builder)
        builder.set(columns.duration, double: Double(traefik.milliseconds))
    }

    /// `shop.example.org:443`
    private func setHost(_ line: UnsafeRawBufferPointer, _ fields: LineFields, _ builder: inout BatchBuilder) {
        guard !fields.isDash(fields.host) else { return }
        var name = fields.host
        if let colon = line[name].lastIndex(of: 0x3A), colon > name.lowerBound, name.upperBound - colon <= 6,
            let port = Int64(String(decoding: line[(colon + 1)..<name.upperBound], as: UTF8.self))
        {
            builder.set(columns.port, int64: port)
            name = name.lowerBound..<colon
        }
        builder.set(columns.host, string: UnsafeRawBufferPointer(rebasing: line[name]))
    }

    private func set(
        _ column: ColumnHandle, _ line: UnsafeRawBufferPointer, _ range: Range<Int>, _ fields: LineFields,
        _ builder: inout BatchBuilder
    ) {
        guard !range.isEmpty, !fields.isDash(range) else { return }
        withUnescaped(line, range) { builder.set(column, string: $0) }
    }

    /// `GET /path?query HTTP/1.1`, or a malformed request, kept whole as `request`.
    private func setRequest(_ request: UnsafeRawBufferPointer, _ builder: inout BatchBuilder) {
        guard let first = request.firstIndex(of: 0x20), let last = request.lastIndex(of: 0x20), first > 0, first < last,
            request[(last + 1)...].starts(with: "HTTP/".utf8)
        else {
            if request.count > 0, !(request.count == 1 && request[0] == 0x2D) { builder.set(columns.request, string: request) }
            return
        }
        let target = UnsafeRawBufferPointer(rebasing: request[(first + 1)..<last])
        let mark = target.firstIndex(of: 0x3F) ?? target.count
        builder.set(columns.method, string: UnsafeRawBufferPointer(rebasing: request[..<first]))
        builder.set(columns.path, string: UnsafeRawBufferPointer(rebasing: target[..<mark]))
        if mark < target.count { builder.set(columns.query, string: UnsafeRawBufferPointer(rebasing: target[(mark + 1)...])) }
        builder.set(columns.version, string: UnsafeRawBufferPointer(rebasing: request[(last + 1)...]))
    }

    /// Passes on the bytes in `range` with `\"` and `\\` resolved; they are copied only if there are any.
    private func withUnescaped(_ line: UnsafeRawBufferPointer, _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> Void) {
        let raw = UnsafeRawBufferPointer(rebasing: line[range])
        guard let start = raw.baseAddress, memchr(start, 0x5C, raw.count) != nil else { return body(raw) }
        var text: [UInt8] = []
        var index = range.lowerBound
        while index < range.upperBound {
            let next = index + 1 < range.upperBound ? line[index + 1] : 0
            if line[index] == 0x5C, next == 0x22 || next == 0x5C { index += 1 }
            text.append(line[index])
            index += 1
        }
        text.withUnsafeBytes(body)
    }
}
