// Slack by its Web API: what fires is one message, which is changed when it is over, with the end in its thread. A webhook of
// Slack's cannot do that: it does not say where its message stands.

internal import Foundation
internal import VarveEvents
internal import VarveOutbound

/// The messages of one channel that has a bot's token.
struct SlackMessages: Sendable {
    let http: OutboundHTTP
    let token: Secret
    /// The conversation, by id or name.
    let conversation: String
    let base: Secret?
    static let site = Secret("https://slack.com/api")

    /// Slack's answer; it has the status 200 where it refuses, too.
    private struct Answer: Decodable {
        var ok: Bool
        var error: String?
        var channel: String?
        var ts: String?
    }

    /// Posts what fires. Of what is over it changes the messages that stand at `places`, each once nothing that is said there
    /// fires any more, and tells their threads; where there is none, it posts.
    ///
    /// - Returns: The outcome, and where the message of what fires stands.
    func deliver(
        _ notice: AlertNotice, key: String, places: [MessagePlace: Bool]
    ) async -> (outcome: DeliveryOutcome, place: MessagePlace?) {
        guard notice.status == .resolved, !places.isEmpty else {
            return await call("chat.postMessage", notice, key, [("channel", conversation)])
        }
        for (place, isOver) in places.sorted(by: { $0.key.message < $1.key.message }) {
            if isOver {
                let changed = await call(
                    "chat.update", notice, "\(key)|\(place.message)|update",
                    [("channel", place.conversation), ("ts", place.message)])
                // Somebody has removed it: the thread still says the end.
                guard changed.outcome == .delivered || Self.isGone(changed.outcome) else { return (changed.outcome, nil) }
            }
            let told = await call(
                "chat.postMessage", notice, "\(key)|\(place.message)|thread",
                [("channel", place.conversation), ("thread_ts", place.message)])
            guard told.outcome == .delivered else { return (told.outcome, nil) }
        }
        return (.delivered, nil)
    }

    private static let gone = ["message_not_found", "cant_update_message", "edit_window_closed"]

    private static func isGone(_ outcome: DeliveryOutcome) -> Bool {
        if case .refused(_, let why) = outcome { gone.contains { why.hasSuffix($0) } } else { false }
    }

    private func call(
        _ method: String, _ notice: AlertNotice, _ key: String, _ more: MessageBodies.Pairs
    ) async -> (outcome: DeliveryOutcome, place: MessagePlace?) {
        let url = (base ?? Self.site).with { Secret(($0.hasSuffix("/") ? String($0.dropLast()) : $0) + "/" + method) }
        var request = OutboundRequest(url: url, body: Array(MessageBodies.slack(notice, more).utf8))
        request.headers = [
            ("Content-Type", Secret("application/json; charset=utf-8")), ("Idempotency-Key", Secret(Channel.header(key))),
            ("Authorization", token.with { Secret("Bearer \($0)") }),
        ]
        let (outcome, body) = await http.exchange(request)
        guard outcome == .delivered else { return (outcome, nil) }
        guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(body)) else {
            return (.retry(after: nil, .receiver, "the answer is none of Slack's"), nil)
        }
        guard answer.ok else { return (Self.outcome(answer.error ?? ""), nil) }
        guard let conversation = answer.channel, let message = answer.ts, Self.isPlain(conversation), Self.isPlain(message)
        else { return (.delivered, nil) }
        return (.delivered, MessagePlace(conversation: conversation, message: message))
    }

    /// What may pass by itself, and what stays as it is until somebody changes the settings.
    private static func outcome(_ error: String) -> DeliveryOutcome {
        let word = isPlain(error) ? error : "an error without a name"
        switch error {
        case "ratelimited", "rate_limited": return .retry(after: nil, .rateLimited, "Slack says \(word)")
        case "internal_error", "fatal_error", "service_unavailable", "request_timeout":
            return .retry(after: nil, .receiver, "Slack says \(word)")
        default: return .refused(.refused, "Slack says \(word)")
        }
    }

    private static func isPlain(_ text: String) -> Bool { text.wholeMatch(of: /[A-Za-z0-9_.]{1,64}/) != nil }
}
