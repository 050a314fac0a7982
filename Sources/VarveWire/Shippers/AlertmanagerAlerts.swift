internal import VarveEvents
internal import VarveHash

/// Alerts as Alertmanager sends them to a webhook (version 4), or as Prometheus and vmalert send them to Alertmanager.
/// One that fires is an `alert.triggered`, one that has ended an `alert.resolved`. Sent again, it is the same event.
struct AlertmanagerAlerts {
    private static let known: Set<String> = ["alertname", "severity"]

    static let fields = ["alert_id", "rule", "severity", "message", "source", "open_s", "receiver"]

    func read(_ tape: JSONTape, into rows: inout DocumentRows) throws(DocumentFault) {
        if tape.type(1) == Tag.array {
            for alert in tape.elements(1) { try readAlert(tape, alert, receiver: nil, &rows) }
            return
        }
        guard let alerts = tape.member(1, "alerts"), tape.type(alerts) == Tag.array else {
            throw DocumentFault(.wrongType, "the document is neither a list of alerts nor an object with one")
        }
        let receiver = tape.text(1, "receiver")
        for alert in tape.elements(alerts) { try readAlert(tape, alert, receiver: receiver, &rows) }
    }

    private func readAlert(
        _ tape: JSONTape, _ alert: Int, receiver: UnsafeRawBufferPointer?, _ rows: inout DocumentRows
    ) throws(DocumentFault) {
        let labels = tape.member(alert, "labels")
        let start = rows.moment(tape, tape.member(alert, "startsAt")) ?? rows.clock.now
        let end = rows.moment(tape, tape.member(alert, "endsAt"))
        let isResolved =
            tape.text(alert, "status")?.elementsEqual("resolved".utf8) ?? end.map { $0 >= start && $0 <= rows.clock.now } ?? false
        rows.begin(
            isResolved ? "alert.resolved" : "alert.triggered", time: isResolved ? max(start, end ?? rows.clock.now) : start)
        guard let name = tape.text(labels, "alertname"), !name.isEmpty else {
            rows.refuse(Problem(.badField, "an alert has a label alertname"))
            return try rows.end(tape, alert)
        }
        let fingerprint = Self.fingerprint(tape, alert, labels)
        let id = Array(fingerprint) + Array("-\(start)".utf8)
        rows.set(.id, rows.arena.keep(id + Array((isResolved ? "-resolved" : "-triggered").utf8)))
        rows.set(0, .text(rows.arena.keep(id)))
        rows.set(1, text: name)
        rows.set(2, .text(rows.arena.keep(Self.severity(tape.text(labels, "severity")))))
        let annotations = tape.member(alert, "annotations")
        if let message = tape.text(annotations, "summary") ?? tape.text(annotations, "description") {
            rows.set(3, text: message)
        }
        if let source = tape.text(alert, "generatorURL") { rows.set(4, text: source) }
        if isResolved { rows.set(5, .double(Double(max(0, (end ?? rows.clock.now) - start)) / 1_000_000_000)) }
        if let receiver { rows.set(6, text: receiver) }
        if let component = tape.text(labels, "service") ?? tape.text(labels, "job") { rows.set(.component, component) }
        rows.flatten(tape, labels, prefix: "label.", without: Self.known)
        rows.flatten(tape, annotations, prefix: "annotation.")
        try rows.end(tape, alert)
    }

    /// What the sender calls it, else a hash of its labels.
    private static func fingerprint(_ tape: JSONTape, _ alert: Int, _ labels: Int?) -> [UInt8] {
        if let own = tape.text(alert, "fingerprint"), (1...64).contains(own.count) { return Array(own) }
        // A label that stands twice counts once.
        var last: [[UInt8]: [UInt8]] = [:]
        tape.forEachMember(labels) { name, value in last[Array(name)] = tape.text(value).map { Array($0) } }
        var hash = AttributesHash()
        for (name, value) in last {
            name.withUnsafeBytes { name in value.withUnsafeBytes { hash.add(name, .text($0)) } }
        }
        return Hash128(high: hash.high, low: hash.low).digits
    }

    /// One of the three that alerts of ours have.
    private static func severity(_ text: UnsafeRawBufferPointer?) -> String {
        switch text.map({ String(decoding: $0.prefix(16), as: UTF8.self).lowercased() }) {
        case "critical", "page", "fatal", "emergency", "error": "critical"
        case "info", "information", "none", "notice": "info"
        default: "warning"
        }
    }
}
