internal import Foundation
internal import VarveEvents
internal import VarveWire

/// A message of the chatbot as its document shows it. What it said is there where the privacy of the way in has kept it.
enum MessageText {
    static func json(_ event: Event) -> String {
        var object = JSONLine()
        func text(_ name: String) -> String? {
            if case .string(let text)? = event.attributes.first(where: { $0.name == name })?.value { text } else { nil }
        }
        func number(_ name: String) -> Double? {
            switch event.attributes.first(where: { $0.name == name })?.value {
            case .int64(let number)?: Double(number)
            case .double(let number)?: number
            default: nil
            }
        }
        object.field("user_id", event.user)
        object.field("user_name", text("user_name"))
        object.field("message_text", text("message_text"))
        object.field("timestamp", RFC3339.text(event.time))
        object.field("response_time", number("response_time_ms"))
        return object.text
    }

    /// The same of a line as `cat` prints it.
    static func row(_ line: String) -> DocumentRow? {
        guard let event = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] else { return nil }
        let data = event["data"] as? [String: Any] ?? [:]
        return DocumentRow([
            "user_id": event["user_id"] as Any, "user_name": data["user_name"] as Any,
            "message_text": data["message_text"] as Any, "timestamp": event["time"] as Any,
            "response_time": data["response_time_ms"] as Any,
        ])
    }

    static func json(_ row: DocumentRow) -> String {
        var object = JSONLine()
        for name in ["user_id", "user_name", "message_text", "timestamp"] { object.field(name, row.text(name)) }
        object.field("response_time", row.double("response_time"))
        return object.text
    }
}
