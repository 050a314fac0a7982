import Testing
import VarveOutbound

struct AddressTests {
    private func refusal(_ text: String, _ allow: String...) -> String? {
        guard let address = IPAddress(text) else { return "no address" }
        return AddressRules(allow: allow.compactMap { AddressBlock($0) }).refusal(address)
    }

    @Test(arguments: [
        "127.0.0.1", "127.8.9.1", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "0.0.0.0", "::1", "::",
        "fd12::1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::127.0.0.1", "224.0.0.1", "255.255.255.255",
        "64:ff9b:1::7f00:1", "2001:0:1::1",
    ])
    func `private and local addresses are closed until they are opened`(text: String) {
        #expect(refusal(text) != nil)
        #expect(refusal(text, "0.0.0.0/0", "::/0") == nil)
    }

    @Test(arguments: [
        "169.254.169.254", "169.254.0.1", "::ffff:169.254.169.254", "::ffff:a9fe:a9fe", "fe80::1", "fd00:ec2::254",
        "100.100.100.200",
        "168.63.129.16", "64:ff9b::a9fe:a9fe", "192.0.0.192",
    ])
    func `metadata is never asked`(text: String) {
        #expect(refusal(text) != nil)
        #expect(refusal(text, "0.0.0.0/0", "::/0", "\(text)") != nil)
    }

    @Test func `public addresses are open, and blocks end where they end`() {
        for text in ["8.8.8.8", "172.15.255.255", "172.32.0.0", "2606:4700::1", "100.128.0.0"] { #expect(refusal(text) == nil) }
        #expect(refusal("10.0.1.0", "10.0.0.0/24") != nil && refusal("10.0.0.255", "10.0.0.0/24") == nil)
        #expect(refusal("127.0.0.2", "127.0.0.1") != nil)
        for text in ["10.0.0.0/33", "10.0.0/8", "x", "10.0.0.0/-1", "::/129", ""] { #expect(AddressBlock(text) == nil) }
    }

    @Test func `no request goes to what is closed, by number or by name`() async {
        for url in [
            "http://127.0.0.1:1/", "http://localhost:1/", "http://[::1]:1/", "http://0x7f000001:1/", "http://2130706433:1/",
        ] {
            let outcome = await OutboundHTTP(AddressRules()).send(OutboundRequest(url: Secret(url), body: []))
            guard case .refused(.address, _) = outcome else { Issue.record("\(url): \(outcome)"); continue }
        }
        let open = AddressRules(allow: [AddressBlock("0.0.0.0/0")].compactMap { $0 })
        let outcome = await OutboundHTTP(open).send(OutboundRequest(url: Secret("http://169.254.169.254/latest/"), body: []))
        guard case .refused(.address, _) = outcome else { Issue.record("\(outcome)"); return }
        for url in ["file:///etc/passwd", "ftp://example.org/", "nothing", "http://"] {
            let outcome = await OutboundHTTP(open).send(OutboundRequest(url: Secret(url), body: []))
            guard case .refused(.configuration, _) = outcome else { Issue.record("\(url): \(outcome)"); continue }
        }
    }

    @Test func `every status has its row`() {
        let now = 784_111_777.0
        for status in 200...299 { #expect(StatusRule.outcome(status, retryAfter: nil, now: now) == .delivered) }
        for status in (300...499) where ![408, 425, 429].contains(status) {
            guard case .refused(.refused, _) = StatusRule.outcome(status, retryAfter: "5", now: now) else {
                Issue.record("\(status)")
                continue
            }
        }
        for status in [408, 425] + Array(500...599) {
            guard case .retry(nil, .receiver, _) = StatusRule.outcome(status, retryAfter: nil, now: now) else {
                Issue.record("\(status)")
                continue
            }
        }
        #expect(StatusRule.outcome(429, retryAfter: "7", now: now) == .retry(after: 7, .rateLimited, "status 429"))
        let date = StatusRule.outcome(503, retryAfter: "Sun, 06 Nov 1994 08:50:07 GMT", now: now)
        #expect(date == .retry(after: 30, .receiver, "status 503"))
        #expect(StatusRule.outcome(503, retryAfter: "soon", now: now) == .retry(after: nil, .receiver, "status 503"))
        #expect(StatusRule.outcome(503, retryAfter: "1e9", now: now) == .retry(after: 3_600, .receiver, "status 503"))
    }

    @Test func `pauses grow and end`() {
        let backoff = Backoff()
        #expect((1...4).map { backoff.pause(after: $0, spread: 0.5) } == [1, 2, 4, 8])
        #expect(backoff.pause(after: 11, spread: 0.5) == 300 && backoff.pause(after: 12, spread: 0.5) == nil)
        #expect(backoff.pause(after: 1, spread: 0) == 0.75 && backoff.pause(after: 1, spread: 1) == 1.25)
    }

    @Test func `a secret prints as nothing`() {
        let secret = Secret("hunter2")
        var dumped = ""
        dump(secret, to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), dumped, "\([secret])"] {
            #expect(!text.contains("hunter2"), "\(text)")
        }
    }
}
