/// Sets the fields of access logs under their common names.
enum AccessFields {
    /// Sets the field `name` from its text in a line. `-` is an absent value.
    static func set(_ name: String, _ raw: UnsafeRawBufferPointer, _ record: inout FieldRecord) {
        if raw.isEmpty || raw.count == 1 && raw[0] == 0x2D { return }
        switch name {
        case "request": setRequest(unescaped(raw, record.arena), &record)
        case "target": setTarget(unescaped(raw, record.arena), &record)
        case "query":
            let text = raw.first == 0x3F ? UnsafeRawBufferPointer(rebasing: raw.dropFirst()) : raw
            record.set("query", FieldValue(text: text))
        case "ident": break
        // Apache writes it for an empty name.
        case "user" where raw.elementsEqual([0x22, 0x22]): break
        case "client", "user", "host", "time", "time_iso8601", "path", "method", "protocol", "referer", "user_agent",
            "forwarded_for", "request_id":
            record.set(record.arena.keep(name), FieldValue(text: unescaped(raw, record.arena)))
        default: record.set(record.arena.keep(name), PlainValue.read(unescaped(raw, record.arena)))
        }
    }

    /// `GET /path?query HTTP/1.1`, or a malformed request, kept whole as `request`.
    static func setRequest(_ request: UnsafeRawBufferPointer, _ record: inout FieldRecord) {
        guard let first = request.firstIndex(of: 0x20), let last = request.lastIndex(of: 0x20), first > 0, first < last,
            request[(last + 1)...].starts(with: "HTTP/".utf8)
        else { return record.set("request", FieldValue(text: request)) }
        record.set("method", .text(UnsafeRawBufferPointer(rebasing: request[..<first])))
        setTarget(UnsafeRawBufferPointer(rebasing: request[(first + 1)..<last]), &record)
        record.set("protocol", .text(UnsafeRawBufferPointer(rebasing: request[(last + 1)...])))
    }

    private static func setTarget(_ target: UnsafeRawBufferPointer, _ record: inout FieldRecord) {
        let mark = target.firstIndex(of: 0x3F) ?? target.count
        record.set("path", FieldValue(text: UnsafeRawBufferPointer(rebasing: target[..<mark])))
        if mark < target.count { record.set("query", FieldValue(text: UnsafeRawBufferPointer(rebasing: target[(mark + 1)...]))) }
    }

    /// With `\"` and `\\` resolved; other escapes stay as they are.
    private static func unescaped(_ raw: UnsafeRawBufferPointer, _ arena: TextArena) -> UnsafeRawBufferPointer {
        guard raw.contains(0x5C) else { return raw }
        var text: [UInt8] = []
        var index = 0
        while index < raw.count {
            let next = index + 1 < raw.count ? raw[index + 1] : 0
            if raw[index] == 0x5C, next == 0x22 || next == 0x5C { index += 1 }
            text.append(raw[index])
            index += 1
        }
        return arena.keep(text)
    }
}
