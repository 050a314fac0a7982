import Testing
import VarveCatalog
import VarveEvents
import VarveWire

struct PrivacyTests {
    static let message = #"{"user_id":"u1","session_id":"s1","user_name":"Ann","message_text":"hello","timestamp":1772359200}"#

    @Test func `a profile takes what its class says`() {
        let none = RecordTests.events(Self.message, .chatbot, .none)[0]
        #expect(none.contains(#""message_text":"hello""#) && none.contains("Ann") && none.contains(#""length":5"#))
        let standard = RecordTests.events(Self.message, .chatbot, .standard)[0]
        #expect(!standard.contains("hello") && !standard.contains("Ann") && standard.contains(#""user_name":"p_"#))
        #expect(standard.contains(#""user_id":"u1""#) && standard.contains(#""length":5"#))
        let strict = RecordTests.events(Self.message, .chatbot, .strict)[0]
        #expect(!strict.contains("user_name") && strict.contains(#""user_id":"p_"#) && strict.contains(#""session_id":"p_"#))
    }

    @Test func `equal values stay equal, and a key makes other hashes`() throws {
        let batch = try #require(RecordTests.decode(Array("\(Self.message)\n\(Self.message)\n".utf8), .chatbot).batches.first)
        func users(_ privacy: BatchPrivacy) -> [String?] {
            var users: [String?] = []
            privacy.apply(batch).forEachEvent { _, event in users.append(event.user) }
            return users
        }
        let plain = users(BatchPrivacy(.strict))
        let keyed = users(BatchPrivacy(.strict, key: Array("key".utf8)))
        #expect(plain[0] == plain[1] && keyed[0] == keyed[1] && plain[0] != keyed[0])
        // What `printf '\0u1' | sha256sum` says.
        #expect(plain[0] == "p_98efbbab5be43e89")
    }

    @Test func `texts are cut at characters, query texts under every profile`() {
        let query = String(repeating: "é", count: 150)
        for profile in [PrivacyProfile.none, .standard] {
            let line = RecordTests.events(#"{"query":"\#(query)","duration":1,"success":true}"#, .atomic, profile)[0]
            #expect(line.contains("\"" + String(repeating: "é", count: 100) + "\""), "\(profile)")
        }
        let strict = RecordTests.events(#"{"query":"\#(query)","duration":1,"success":true}"#, .atomic, .strict)[0]
        #expect(!strict.contains("é"))
    }

    @Test func `a field that nobody describes is treated as content`() {
        let text = #"{"userId":"u","action":"a","note":"\#(String(repeating: "x", count: 101))","n":7,"o":{"a":1}}"#
        let standard = RecordTests.events(text, .flashfusion, .standard)[0]
        #expect(standard.contains("\"" + String(repeating: "x", count: 100) + "\"") && !standard.contains("\"o\""))
        let strict = RecordTests.events(text, .flashfusion, .strict)[0]
        #expect(!strict.contains("note") && strict.contains("\"n\":7"))
    }

    @Test func `an attribute of two signals is treated by each one's own rule`() {
        var builder = BatchBuilder()
        for number in 0..<6 {
            // Content in a log entry; of a signal that nobody describes, content too; operational in a health check.
            let signal = ["log.entry", "health.check", "unheard.of"][number % 3]
            let name = signal == "health.check" ? "status" : "message"
            builder.append(
                Event(
                    time: Timestamp(nanoseconds: 0), signal: signal,
                    attributes: [Attribute(name, .string("m\(number)")), Attribute("service", .string("db"))].sorted {
                        $0.name < $1.name
                    }))
        }
        let batch = builder.finish()
        let lines = RecordTests.lines([batch], .strict)
        #expect(lines.filter { $0.contains("message") }.isEmpty)
        #expect(lines.filter { $0.contains("\"status\":\"m") }.count == 2)
        #expect(lines.filter { $0.contains("service") }.count == 2)
        #expect(RecordTests.lines([batch], .standard) == RecordTests.lines([batch], .none))
    }

    @Test func `an id made of what names a person is hashed with it, and a number under a text's name is no way around`() throws {
        let signal = try #require(
            RecordTests.decode(Array("\(Self.message)\n".utf8), .chatbot).batches.first?.groups.first?.signal)
        var builder = BatchBuilder()
        builder.append(
            Event(
                time: Timestamp(nanoseconds: 0), signal: signal, id: "chat:u1", attributes: [Attribute("user_name", .int64(7))]))
        let batch = builder.finish()
        func event(_ profile: PrivacyProfile) -> Event? {
            var found: Event?
            BatchPrivacy(profile).apply(batch).forEachEvent { _, event in found = event }
            return found
        }
        #expect(event(.none)?.id == "chat:u1" && event(.none)?.attributes.count == 1)
        #expect(event(.standard)?.attributes.isEmpty == true)
        #expect(event(.strict)?.id?.hasPrefix("p_") == true)
    }
}
