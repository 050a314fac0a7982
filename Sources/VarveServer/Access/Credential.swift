internal import Foundation
internal import HTTPTypes

/// The token that a request shows, in the words of its protocol: `Bearer` everywhere, `Token` by InfluxDB's clients, `ApiKey` and
/// `Basic`, whose password it is, by those of Elasticsearch and Loki, and the public key of a DSN by Sentry's.
enum Credential {
    /// Nil when there is none.
    static func secret(_ headers: HTTPFields) -> String? {
        guard let header = headers[.authorization] else { return sentryKey(headers) }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        switch parts[0].lowercased() {
        case "bearer", "token", "apikey": return String(parts[1])
        case "basic":
            guard let bytes = Data(base64Encoded: String(parts[1])), let text = String(validating: bytes, as: UTF8.self),
                let colon = text.firstIndex(of: ":")
            else { return nil }
            return String(text[text.index(after: colon)...])
        default: return nil
        }
    }

    private static func sentryKey(_ headers: HTTPFields) -> String? {
        guard let name = HTTPField.Name("X-Sentry-Auth"), let header = headers[name] else { return nil }
        for part in header.split(whereSeparator: { $0 == "," || $0 == " " }) where part.hasPrefix("sentry_key=") {
            return String(part.dropFirst(11))
        }
        return nil
    }
}
