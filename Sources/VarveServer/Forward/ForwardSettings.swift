public import VarveEvents
public import VarveLog
public import VarveOutbound
public import VarveProjections

/// What is forwarded, whereto, and in which form.
public struct ForwardSettings: Sendable {
    public enum Format: String, CaseIterable, Sendable {
        /// Lines as `varve cat` and `varve view show` print them.
        case ndjson
        /// Prometheus' remote write, 1.0.
        case remoteWrite = "remote_write"
        /// OTLP over HTTP in JSON: events as log records and spans, views as gauges.
        case otlp
        /// Datadog's series, version 2.
        case datadog
    }

    public enum Target: Sendable {
        case http(Secret)
        /// A file, to whose end it is written, or a named pipe.
        case file(String)
        case standardOutput
    }

    public enum Source: Sendable {
        case events(LogFilter)
        /// Rows of a view, each once its bucket is over.
        case view(String, BucketLevel?)
    }

    /// What its checkpoint is called.
    public var name: String
    public var target: Target
    public var format: Format
    public var source: Source
    public var headers: [(name: String, value: Secret)] = []
    /// Where it begins when there is no checkpoint: an offset for events, a time for views; nil for the beginning.
    public var from: (offset: UInt64, time: Timestamp?) = (0, nil)
    /// Seconds that a bucket waits for late events before its row is sent.
    public var settleSeconds: Int64 = 60
    public var addresses = AddressRules(allow: ForwardSettings.own)
    /// Attempts for one request before a run that does not follow the log gives up.
    public var attempts = 5

    /// Whoever starts a forwarder names the receiver, which often is of the same network. Addresses of clouds' metadata stay
    /// closed.
    private static let own = [
        "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "::1/128", "fc00::/7",
    ].compactMap { AddressBlock($0) }

    public init(name: String, target: Target, format: Format, source: Source) {
        (self.name, self.target, self.format, self.source) = (name, target, format, source)
    }

    /// `http://…`, `https://…`, `file:PATH`, or `-`; nil for anything else.
    public static func target(_ text: String) -> Target? {
        if text == "-" { return .standardOutput }
        if text.hasPrefix("file:") {
            var path = text.dropFirst(5)
            if path.hasPrefix("//") { path = path.dropFirst(2) }
            return path.isEmpty ? nil : .file(String(path))
        }
        return text.hasPrefix("http://") || text.hasPrefix("https://") ? .http(Secret(text)) : nil
    }

    /// A name that is a file's, too: letters, digits, `-` and `_`.
    public static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count) && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) }
    }
}
