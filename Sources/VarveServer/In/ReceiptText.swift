public import VarveIngest
internal import VarveLog
public import VarveWire

/// The answer to what was sent: made of the receipt and nothing else.
public enum ReceiptText {
    public static func json(_ receipt: IngestReceipt, _ refused: [Rejection]) -> String {
        var object = JSONLine()
        object.field("received", receipt.received)
        object.field("appended", receipt.appended)
        object.field("duplicate", receipt.duplicate)
        object.field("rejected", receipt.rejected)
        object.field("first_offset", receipt.firstOffset)
        object.field("last_offset", receipt.lastOffset)
        object.field("durable_offset", receipt.durable)
        object.field("durability", receipt.durability.rawValue)
        if let within = receipt.durableWithin { object.field("durable_within_ms", within.milliseconds) }
        if receipt.flags.events > 0 { object.field("flagged", receipt.flags.events) }
        if receipt.olderThanIDs > 0 { object.field("older_than_ids", receipt.olderThanIDs) }
        object.field("errors", json: errors(refused))
        return object.text + "\n"
    }

    static func errors(_ refused: [Rejection]) -> String {
        JSONLine.array(
            refused.map { rejection in
                var object = JSONLine()
                object.field("line", rejection.line)
                object.field("reason", rejection.reason.rawValue)
                object.field("message", rejection.message)
                if let hint = rejection.hint { object.field("hint", hint) }
                return object.text
            })
    }

    /// 200, or 400 when not one record could be taken.
    static func status(_ receipt: IngestReceipt, _ summary: InputSummary) -> Int {
        receipt.isAllRefused || receipt.received == 0 && summary.noRecordsProblem != nil ? 400 : 200
    }
}
