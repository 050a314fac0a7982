/// Why a whole document cannot be decoded: none of it becomes an event.
struct DocumentFault: Error {
    var problem: Problem

    init(_ reason: RejectionReason, _ message: String, hint: String? = nil) {
        problem = Problem(reason, message, hint: hint)
    }

    static let truncated = DocumentFault(.truncated, "the message is cut off")
}
