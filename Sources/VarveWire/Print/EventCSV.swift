public import VarveEvents

/// Events as CSV (RFC 4180): the fields of the envelope, and the attributes as one JSON object.
public enum EventCSV {
    public static let header = "offset,observed,id,time,signal,tenant,component,session_id,user_id,data\r\n"

    public static func line(_ event: Event, _ offset: Offset) -> String {
        var data = JSONLine()
        for attribute in event.attributes { data.field(attribute.name, json: json(attribute.value)) }
        let fields = [
            "\(offset.value)", event.observed.map { RFC3339.text($0) } ?? "", CSVField.safe(event.id ?? ""),
            RFC3339.text(event.time), CSVField.safe(event.signal), CSVField.safe(event.tenant ?? ""),
            CSVField.safe(event.component ?? ""), CSVField.safe(event.session ?? ""), CSVField.safe(event.user ?? ""),
            CSVField.safe(data.text),
        ]
        return fields.joined(separator: ",") + "\r\n"
    }

    private static func json(_ value: Value) -> String {
        var writer = JSONWriter()
        switch value {
        case .int64(let number): return "\(number)"
        case .bool(let flag): return flag ? "true" : "false"
        case .json(let text): return text
        case .double(let number): writer.double(number)
        case .string(let text): writer.string(text)
        }
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
