internal import Foundation

/// A message as RFC 5322 writes it.
public struct MailMessage: Sendable {
    public var from: String
    public var to: [String]
    public var subject: String
    /// Plain text, any length, any lines.
    public var text: String
    /// Names the message, without angle brackets; who replies to it is in its thread. What no name may have is replaced.
    public var id: String
    /// The first message of the thread.
    public var thread: String?
    /// Seconds since 1970.
    public var date: Double

    public init(from: String, to: [String], subject: String, text: String, id: String, thread: String?, date: Double) {
        (self.from, self.to, self.subject, self.text) = (from, to, subject, text)
        (self.id, self.thread, self.date) = (id, thread, date)
    }

    /// Headers and body with CRLF; the body is quoted-printable, so no line is long and none begins with a dot that counts.
    public var bytes: [UInt8] {
        var head = "From: \(from)\r\nTo: \(to.joined(separator: ",\r\n "))\r\nSubject: \(Self.encodedWord(subject))\r\n"
        head += "Date: \(HTTPDate.mail(date))\r\nMessage-ID: <\(Self.name(id))>\r\n"
        if let thread = thread.map(Self.name) { head += "In-Reply-To: <\(thread)>\r\nReferences: <\(thread)>\r\n" }
        head += "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n"
        head += "Auto-Submitted: auto-generated\r\n\r\n"
        return Array(head.utf8) + Self.quoted(text)
    }

    /// A name of a message: plain ASCII without blanks and brackets, so that it ends no line and no name.
    private static func name(_ text: String) -> String {
        let bytes = text.utf8.suffix(240).map { $0 > 0x20 && $0 < 0x7F && $0 != 0x3C && $0 != 0x3E ? $0 : 0x5F }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// RFC 2047, where the text is not plain ASCII; a line's end is a blank.
    static func encodedWord(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        if line.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }), line.utf8.count < 900 { return line }
        var words: [String] = []
        var part = ""
        for character in line {
            if (part + String(character)).utf8.count > 42 {
                words.append(part)
                part = ""
            }
            part.append(character)
        }
        words.append(part)
        return words.map { "=?utf-8?B?\(Data($0.utf8).base64EncodedString())?=" }.joined(separator: "\r\n ")
    }

    /// RFC 2045: lines of at most 76 characters.
    static func quoted(_ text: String) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        var out: [UInt8] = []
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            var width = 0
            let bytes = Array(line.utf8)
            for (index, byte) in bytes.enumerated() {
                let isLast = index == bytes.count - 1
                let isPlain =
                    (byte > 0x20 && byte < 0x7F && byte != 0x3D && !(byte == 0x2E && width == 0)) || (byte == 0x20 && !isLast)
                let piece = isPlain ? [byte] : [0x3D, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
                if width + piece.count > 75 {
                    out += Array("=\r\n".utf8)
                    width = 0
                }
                out += piece
                width += piece.count
            }
            out += [0x0D, 0x0A]
        }
        return out
    }
}
