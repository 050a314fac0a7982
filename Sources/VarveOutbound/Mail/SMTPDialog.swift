// The dialog by which mail is handed over (RFC 5321, STARTTLS of RFC 3207, AUTH of RFC 4954), as a value: it is given replies and
// says what to do next. It knows no connection.
//
//     220 ─▶ EHLO ─▶ STARTTLS ─▶ (TLS) EHLO ─▶ AUTH ─▶ MAIL ─▶ RCPT … ─▶ DATA ─▶ message ─▶ QUIT

internal import Foundation

/// What to say to a mail server.
struct SMTPDialog: Sendable {
    enum Step: Sendable {
        /// A line, without its end.
        case say(Secret)
        /// Begin TLS, then go on with `secured`.
        case secure
        /// The message, and behind it the line that ends it.
        case message
        /// Say goodbye; the outcome is known.
        case end(DeliveryOutcome)
    }

    private enum State: Sendable {
        case greeting, hello, starting, user, password, authenticating, sender
        case recipient(Int)
        case data, message
    }

    private let server: SMTPServer
    private let from: String
    private let to: [String]
    private let name: String
    private var state = State.greeting
    private var isSecure: Bool
    private var accepted = 0
    private var refusal: SMTPReply?

    /// - Parameter name: What this machine calls itself.
    init(_ server: SMTPServer, from: String, to: [String], name: String) {
        (self.server, self.from, self.to, self.name) = (server, from, to, name)
        isSecure = server.security == .tls
    }

    /// The connection is encrypted now.
    mutating func secured() -> Step {
        isSecure = true
        return hello()
    }

    private mutating func hello() -> Step {
        state = .hello
        return .say(Secret("EHLO \(name)"))
    }

    /// What follows from a reply.
    mutating func take(_ reply: SMTPReply) -> Step {
        switch state {
        case .greeting: return reply.code == 220 ? hello() : failed(reply, "the server does not greet")
        case .hello: return reply.code == 250 ? greeted(reply) : failed(reply, "EHLO was refused")
        case .starting: return reply.code == 220 ? .secure : failed(reply, "STARTTLS was refused")
        case .user:
            guard reply.code == 334 else { return failed(reply, "the server takes no name and password") }
            state = .password
            return .say(Secret(Data((server.user ?? "").utf8).base64EncodedString()))
        case .password:
            guard reply.code == 334 else { return failed(reply, "the server takes no password") }
            state = .authenticating
            let password = server.password?.with { Data($0.utf8).base64EncodedString() } ?? ""
            return .say(Secret(password))
        case .authenticating: return reply.code == 235 ? begin() : failed(reply, "name and password were not taken")
        case .sender: return reply.code == 250 ? recipient(0) : failed(reply, "the sender was refused")
        case .recipient(let number):
            if reply.isTransient { return failed(reply, "a recipient was not taken") }
            if reply.isPositive { accepted += 1 } else { refusal = reply }
            return recipient(number + 1)
        case .data:
            guard reply.code == 354 else { return failed(reply, "DATA was refused") }
            state = .message
            return .message
        case .message: return reply.code == 250 ? .end(.delivered) : failed(reply, "the message was refused")
        }
    }

    private mutating func greeted(_ reply: SMTPReply) -> Step {
        let words = reply.lines.dropFirst().map { $0.uppercased().split(separator: " ").map(String.init) }
        if server.security == .starttls, !isSecure {
            guard words.contains(where: { $0.first == "STARTTLS" }) else {
                return .end(.refused(.configuration, "the server offers no STARTTLS, and nothing is sent in the open"))
            }
            state = .starting
            return .say(Secret("STARTTLS"))
        }
        guard let user = server.user, let password = server.password else { return begin() }
        guard isSecure else { return .end(.refused(.configuration, "a password is not sent in the open")) }
        let offered = Set(words.first { $0.first == "AUTH" }?.dropFirst() ?? [])
        if offered.contains("PLAIN") {
            state = .authenticating
            let text = password.with { Data("\u{0}\(user)\u{0}\($0)".utf8).base64EncodedString() }
            return .say(Secret("AUTH PLAIN \(text)"))
        }
        guard offered.contains("LOGIN") else {
            return .end(.refused(.configuration, "the server offers neither AUTH PLAIN nor AUTH LOGIN"))
        }
        state = .user
        return .say(Secret("AUTH LOGIN"))
    }

    private mutating func begin() -> Step {
        state = .sender
        return .say(Secret("MAIL FROM:<\(from)>"))
    }

    private mutating func recipient(_ number: Int) -> Step {
        guard number < to.count else {
            guard accepted > 0 else {
                return refusal.map { failed($0, "every recipient was refused") }
                    ?? .end(.refused(.configuration, "nobody to send to"))
            }
            state = .data
            return .say(Secret("DATA"))
        }
        state = .recipient(number)
        return .say(Secret("RCPT TO:<\(to[number])>"))
    }

    /// Of what the server says only the code is told: its text may repeat what was sent.
    private func failed(_ reply: SMTPReply, _ what: String) -> Step {
        let why = "\(what): \(reply.code)"
        return .end(reply.isTransient ? .retry(after: nil, .receiver, why) : .refused(.refused, why))
    }
}
