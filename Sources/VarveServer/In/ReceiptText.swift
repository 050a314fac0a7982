internal import VarveIngest
internal import VarveLog
internal import VarveWire

/// The answer to what was sent: made of the receipt and nothing else.
enum ReceiptText {
    static func json(_ receipt: IngestReceipt, _ refused: [Rejection]) -> String {
        var object = JSONObjectText()
        object.add("received", receipt.received)
        object.add("appended", receipt.appended)
        object.add("duplicate", receipt.duplicate)
        object.add("rejected", receipt.rejected)
        object.add("first_offset", receipt.firstOffset)
        object.add("last_offset", receipt.lastOffset)
        object.add("durable_offset", receipt.durable)
        object.add("durability", receipt.durability.rawValue)
        if let within = receipt.durableWithin { object.add("durable_within_ms", within.milliseconds) }
        if receipt.flags.events > 0 { object.add("flagged", receipt.flags.events) }
        if receipt.olderThanIDs > 0 { object.add("older_than_ids", receipt.olderThanIDs) }
        object.add("errors", json: errors(refused))
        return object.text + "\n"
    }

    static func errors(_ refused: [Rejection]) -> String {
        JSONObjectText.array(
            refused.map { rejection in
                var object = JSONObjectText()
                object.add("line", rejection.line)
                object.add("reason", rejection.reason.rawValue)
                object.add("message", rejection.message)
                if let hint = rejection.hint { object.add("hint", hint) }
                return object.text
            })
    }

    /// 200, or 400 when not one record could be taken.
    static func status(_ receipt: IngestReceipt, _ summary: InputSummary) -> Int {
        receipt.isAllRefused || receipt.received == 0 && summary.noRecordsProblem != nil ? 400 : 200
    }
}
