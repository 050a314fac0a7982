internal import VarveEvents

/// The positions of the fields of one access log line. Quotes are not part of a field; escapes are not resolved yet.
struct LineFields {
    private let line: UnsafeRawBufferPointer
    private let end: Int
    private(set) var host = 0..<0
    private(set) var client = 0..<0
    private(set) var user = 0..<0
    private(set) var time = 0..<0
    private(set) var request = 0..<0
    private(set) var status: Int64?
    private(set) var bytes: Int64?
    private(set) var referer = 0..<0
    private(set) var userAgent = 0..<0
    private(set) var forwardedFor = 0..<0
    /// What Traefik adds to `combined`.
    private(set) var traefik: Traefik?
    private var at = 0

    init(_ line: UnsafeRawBufferPointer) {
        self.line = line
        end = line.last == 0x0D ? line.count - 1 : line.count
    }

    /// Finds all fields; returns a problem if one is missing.
    mutating func split(_ layout: AccessLogLayout) -> Problem? {
        var start = 0
        if layout.hasHost {
            guard let hostEnd = find(0x20, from: 0), hostEnd > 0 else { return syntax(Self.beginning(layout)) }
            host = 0..<hostEnd
            start = hostEnd + 1
        }
        guard let clientEnd = find(0x20, from: start), clientEnd > start, let identEnd = find(0x20, from: clientEnd + 1),
            let bracket = find(0x5B, from: identEnd), bracket > identEnd + 1, line[bracket - 1] == 0x20,
            let close = find(0x5D, from: bracket)
        else { return syntax(Self.beginning(layout)) }
        client = start..<clientEnd
        user = identEnd + 1..<max(identEnd + 1, bracket - 1)
        time = bracket + 1..<close
        if let problem = checkFront(ident: clientEnd + 1..<identEnd, layout) { return problem }
        at = close + 1
        guard let request = quoted() else { return syntax("the request in quotes is missing") }
        self.request = request
        guard let status = number(), let bytes = number() else { return syntax("status and bytes are missing or no numbers") }
        self.status = status < 0 ? nil : status
        self.bytes = bytes < 0 ? nil : bytes
        if layout.hasAgent {
            guard let referer = quoted(), let userAgent = quoted() else { return syntax("referer and user agent are missing") }
            self.referer = referer
            self.userAgent = userAgent
        }
        if layout.hasForwardedFor {
            guard let forwardedFor = quoted() else { return syntax("the quoted x_forwarded_for is missing") }
            self.forwardedFor = forwardedFor
        }
        if layout == .combined { readTraefik() }
        while at < end, line[at] == 0x20 { at += 1 }
        guard at >= end else {
            return syntax("something follows the last field of \(layout.format.rawValue)")
        }
        let last = [traefik?.router ?? 0..<0, traefik?.url ?? 0..<0]
        for range in [host, client, user, self.request, referer, userAgent, forwardedFor] + last
        where range.count > EventLimits.stringBytes {
            return tooLong("a field", range.count)
        }
        return nil
    }

    private static func beginning(_ layout: AccessLogLayout) -> String {
        "it does not start with \(layout.hasHost ? "virtual host, " : "")client, ident, user and [time]"
    }

    /// Before the time there must be one word for the client and one for ident; only a user name may contain spaces, and only
    /// after an absent ident. Anything else is a line of another format, whose fields would be misread.
    private func checkFront(ident: Range<Int>, _ layout: AccessLogLayout) -> Problem? {
        let isUserPlain = !line[user].contains(0x20)
        let isIdentAbsent = isDash(ident)
        let isUserWord = !line[user].starts(with: [0x2D, 0x20]) && line[user].first != 0x20
        guard host.isEmpty || HostText.isVirtualHost(line, host, client: client), HostText.isHost(line, client),
            isUserPlain || isIdentAbsent && isUserWord, isIdentAbsent || !HostText.isAddress(line, ident)
        else { return syntax("something stands before or beside the client") }
        return nil
    }

    /// Whether a line has a layout, including its time.
    static func fits(_ line: UnsafeRawBufferPointer, _ layout: AccessLogLayout) -> Bool {
        var fields = LineFields(line)
        return fields.split(layout) == nil && fields.nanoseconds(line) != nil
    }

    func isDash(_ range: Range<Int>) -> Bool {
        range.count == 1 && line[range.lowerBound] == 0x2D
    }

    /// Whether there is no user: a dash, or the `""` that Apache writes for an empty name.
    var isUserAbsent: Bool { isDash(user) || line[user].elementsEqual([0x22, 0x22]) }

    private func syntax(_ message: String) -> Problem {
        Problem(.syntax, "the line is no access log line: \(message)", hint: FileKind.of(line)?.hint)
    }

    private func find(_ byte: UInt8, from start: Int) -> Int? {
        var index = start
        while index < end {
            if line[index] == byte { return index }
            index += 1
        }
        return nil
    }

    /// The text between the next quotes, which must follow a space. The end of the line closes a quote too.
    private mutating func quoted() -> Range<Int>? {
        while at < end, line[at] == 0x20 { at += 1 }
        guard at < end, line[at] == 0x22 else { return nil }
        let start = at + 1
        var index = start
        while index < end, line[index] != 0x22 { index += line[index] == 0x5C ? 2 : 1 }
        let close = min(index, end)
        at = min(close + 1, end)
        return start..<close
    }

    /// The next word as a number; -1 for a dash, which is an absent value.
    private mutating func number() -> Int64? {
        while at < end, line[at] == 0x20 { at += 1 }
        let start = at
        while at < end, line[at] != 0x20 { at += 1 }
        if at == start + 1, line[start] == 0x2D { return -1 }
        guard at > start, at - start <= 18 else { return nil }
        var value: Int64 = 0
        for index in start..<at {
            guard line[index] &- 0x30 < 10 else { return nil }
            value = value * 10 + Int64(line[index] - 0x30)
        }
        return value
    }

    /// The time `17/May/2015:10:05:03 +0000` in nanoseconds since 1970.
    func nanoseconds(_ line: UnsafeRawBufferPointer) -> Int64? {
        guard time.count == 26 else { return nil }
        let text = UnsafeRawBufferPointer(rebasing: line[time])
        guard let day = RFC3339.digits2(text, 0), let month = Self.month(text), let century = RFC3339.digits2(text, 7),
            let years = RFC3339.digits2(text, 9), let hour = RFC3339.digits2(text, 12), let minute = RFC3339.digits2(text, 15),
            let second = RFC3339.digits2(text, 18), let zoneHours = RFC3339.digits2(text, 22),
            let zoneMinutes = RFC3339.digits2(text, 24), text[20] == 0x20, text[21] == 0x2B || text[21] == 0x2D
        else { return nil }
        let year = century * 100 + years
        guard day >= 1, day <= RFC3339.daysIn(month: month, year: year), hour < 24, minute < 60, second <= 60 else { return nil }
        let zone = (zoneHours * 3_600 + zoneMinutes * 60) * (text[21] == 0x2D ? -1 : 1)
        let days = RFC3339.daysSince1970(year: year, month: month, day: day)
        let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - zone
        let (nanoseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? nil : nanoseconds
    }

    private static func month(_ text: UnsafeRawBufferPointer) -> Int64? {
        let names: StaticString = "JanFebMarAprMayJunJulAugSepOctNovDec"
        for month in 0..<12 where text[3..<6].elementsEqual(UnsafeBufferPointer(start: names.utf8Start + month * 3, count: 3)) {
            return Int64(month + 1)
        }
        return nil
    }
}

/// Traefik's lines: `combined` with the number of requests, the router, the server's URL and the duration behind.
extension LineFields {
    /// `17 "web@docker" "http://10.0.0.7:80" 3ms`
    struct Traefik {
        var requests: Int64
        var router: Range<Int>
        var url: Range<Int>
        var milliseconds: Int64
    }

    /// Reads them if they are all there, and up to the end of the line; otherwise nothing.
    private mutating func readTraefik() {
        let start = at
        guard let requests = number(), let router = quoted(), let url = quoted(), let milliseconds = milliseconds(), at == end
        else {
            at = start
            return
        }
        traefik = Traefik(requests: requests, router: router, url: url, milliseconds: milliseconds)
    }

    private mutating func milliseconds() -> Int64? {
        while at < end, line[at] == 0x20 { at += 1 }
        let start = at
        while at < end, line[at] &- 0x30 < 10 { at += 1 }
        guard at > start, line[at..<end].elementsEqual([0x6D, 0x73]) else { return nil }
        let value = Int64(String(decoding: line[start..<at], as: UTF8.self))
        at = end
        return value
    }
}
