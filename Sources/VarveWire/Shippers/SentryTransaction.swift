internal import VarveEvents

/// A transaction of Sentry's: a span of its own, and the spans inside it.
struct SentryTransaction {
    private let tape: JSONTape
    /// What the transaction says of its trace.
    private let trace: Int?
    private let traceID: UnsafeRawBufferPointer?

    init(_ tape: JSONTape) {
        self.tape = tape
        trace = tape.member(tape.member(1, "contexts"), "trace")
        traceID = tape.text(trace, "trace_id")
    }

    func read(into rows: inout DocumentRows) throws(DocumentFault) {
        try readSpan(1, ids: trace, name: tape.text(1, "transaction"), &rows)
        for span in tape.elements(tape.member(1, "spans")) {
            try readSpan(span, ids: span, name: tape.text(span, "description") ?? tape.text(span, "op"), &rows)
        }
    }

    private func readSpan(
        _ span: Int, ids: Int?, name: UnsafeRawBufferPointer?, _ rows: inout DocumentRows
    ) throws(DocumentFault) {
        let start = rows.moment(tape, tape.member(span, "start_timestamp"))
        rows.begin("otel.span", time: start ?? rows.clock.now)
        if start == nil { rows.refuse(Problem(.missingTime, "a span has no start_timestamp")) }
        guard let trace = tape.text(ids, "trace_id") ?? traceID, let own = tape.text(ids, "span_id"),
            trace.count == 32, own.count == 16
        else {
            rows.refuse(Problem(.badID, "a span has a trace_id of 32 digits and a span_id of 16"))
            return try rows.end(tape, span)
        }
        rows.set(.id, rows.arena.keep(Array(trace) + own))
        rows.set(.traceID, text: trace)
        rows.set(.spanID, text: own)
        if let parent = tape.text(ids, "parent_span_id") { rows.set(.parentID, text: parent) }
        if let name { rows.set(.name, text: name) }
        let op = tape.text(ids, "op").map { String(decoding: $0.prefix(64), as: UTF8.self) } ?? ""
        if !op.isEmpty { rows.set(.op, .text(rows.arena.keep(op))) }
        let isServer = op.hasSuffix(".server") || op == "queue.process"
        let isClient = op.hasPrefix("http.client") || op.hasPrefix("db") || op.hasPrefix("rpc")
        rows.set(SentryEvent.Field.kind, .text(rows.arena.keep(isServer ? "server" : isClient ? "client" : "internal")))
        let status = tape.text(ids, "status").map { String(decoding: $0.prefix(32), as: UTF8.self) }
        rows.set(.status, .text(rows.arena.keep(status == nil ? "unset" : status == "ok" ? "ok" : "error")))
        if let start, let end = rows.moment(tape, tape.member(span, "timestamp")), end >= start {
            rows.set(.duration, .double(Double(end - start) / 1_000_000))
        }
        rows.setCommon(tape)
        rows.flatten(tape, tape.member(ids, "data"))
        try rows.end(tape, span)
    }
}

/// A session of Sentry's, or several counted together.
struct SentrySession {
    private let tape: JSONTape

    init(_ tape: JSONTape) { self.tape = tape }

    func read(into rows: inout DocumentRows) throws(DocumentFault) {
        let aggregates = tape.elements(tape.member(1, "aggregates"))
        guard aggregates.isEmpty else {
            let attributes = tape.member(1, "attrs")
            for aggregate in aggregates {
                rows.begin("sentry.session", tape, at: tape.member(aggregate, "started"))
                rows.flatten(tape, attributes)
                rows.flatten(tape, aggregate, without: ["started"])
                try rows.end(tape, aggregate)
            }
            return
        }
        rows.begin("sentry.session", tape, at: tape.member(1, "timestamp") ?? tape.member(1, "started"))
        if let id = tape.text(1, "sid") { rows.set(.session, id) }
        if let user = tape.text(1, "did") { rows.set(.user, user) }
        rows.flatten(tape, tape.member(1, "attrs"))
        rows.flatten(tape, 1, without: ["sid", "did", "timestamp", "started", "attrs"])
        try rows.end(tape, 1)
    }
}
