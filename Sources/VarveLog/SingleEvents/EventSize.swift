// Checks that an event fits into a valid frame, before it is added to shared columns.

internal import VarveBatchFormat
internal import VarveEvents

extension Event {
    /// The event's raw bytes, counted like `BatchBuilder.byteCount`.
    ///
    /// - Throws: `.batchRefused`, with the reason, when the event exceeds a limit or breaks a rule.
    func checkedBytes() throws(LogError) -> Int {
        try check("the name of a signal", signal, EventLimits.nameBytes)
        var bytes = 16
        var columns = attributes.count
        if let id { bytes += try check("id", id, EventLimits.idBytes, &columns) }
        if let tenant { bytes += try check("tenant", tenant, EventLimits.nameBytes, &columns) }
        if let component { bytes += try check("component", component, EventLimits.stringBytes, &columns) }
        if let session { bytes += try check("session", session, EventLimits.stringBytes, &columns) }
        if let user { bytes += try check("user", user, EventLimits.stringBytes, &columns) }
        guard columns <= EventLimits.columnsPerBatch else {
            throw refused("an event of \(columns) values; the limit is \(EventLimits.columnsPerBatch)")
        }
        for attribute in attributes {
            try check("the name of an attribute", attribute.name, EventLimits.nameBytes)
            switch attribute.value {
            case .int64, .double: bytes += 8
            case .bool: bytes += 1
            case .string(let text), .json(let text):
                guard text.utf8.count <= EventLimits.stringBytes else {
                    throw tooLong("attribute \"\(attribute.name)\"", text, EventLimits.stringBytes)
                }
                bytes += text.utf8.count + 4
            }
        }
        if let flaw = EventRules.flaw(of: self) { throw refused(flaw) }
        guard bytes <= Self.bytesMax else { throw refused("an event of \(bytes) bytes; the limit is \(Self.bytesMax)") }
        return bytes
    }

    /// The limit of a batch, less the signal's name, which a batch counts twice.
    static let bytesMax = EventLimits.bytesPerBatch * 2 - EventLimits.nameBytes * 2

    private func check(_ what: StaticString, _ text: String, _ limit: Int) throws(LogError) {
        if text.utf8.count > limit { throw tooLong("\(what)", text, limit) }
    }

    private func check(_ what: StaticString, _ text: String, _ limit: Int, _ columns: inout Int) throws(LogError) -> Int {
        try check(what, text, limit)
        columns += 1
        return text.utf8.count + 4
    }

    private func tooLong(_ what: String, _ text: String, _ limit: Int) -> LogError {
        refused("\(what) has \(text.utf8.count) bytes; the limit is \(limit)")
    }

    private func refused(_ what: String) -> LogError { LogError(.batchRefused, what + ". The event was not accepted") }
}
