/// Spans with 40 attributes: two that views read, eight more of use, and thirty that come with every span.
extension ShapeWriter {
    func putSpan(_ random: inout RandomStream, _ text: inout TextCursor) {
        let service = random.below(30)
        let operation = service * 20 + min(random.below(20), random.below(20))
        let isFailed = random.chance(perMille: 15)
        text.put(",\"signal\":\"span\",\"component\":\"service-", number: service)
        text.put("\",\"data\":{\"trace_id\":\"")
        text.put(hex: random.next(), digits: 16)
        text.put(hex: random.next(), digits: 16)
        text.put("\",\"span_id\":\"")
        text.put(hex: random.next(), digits: 16)
        text.put("\",\"parent_span_id\":\"")
        text.put(hex: random.next(), digits: 16)
        text.put("\",\"name\":\"operation-", number: operation)
        text.put("\",\"kind\":\"")
        text.put(random.chance(perMille: 500) ? "server" : "client")
        text.put("\",\"duration_ms\":", tenths: Self.tenths(200 + operation * 3, &random))
        text.put(",\"status\":\"")
        text.put(isFailed ? "error" : "ok")
        text.put("\",\"http.status_code\":", number: isFailed ? 500 : 200)
        text.put(",\"http.route\":\"/api/v1/resource-", number: operation % 150)
        text.put("/{id}\",\"net.peer.port\":", number: 1_024 + random.below(60_000))
        for attribute in UInt64(0)..<10 {
            text.put(",\"resource.text_", number: attribute)
            text.put("\":\"value-", number: RandomStream.mixed(service * 10 + attribute) % 100_000)
            text.put("\"")
        }
        for attribute in UInt64(0)..<10 {
            text.put(",\"app.label_", number: attribute)
            text.put("\":\"label-", number: random.below(20 << attribute))
            text.put("\"")
        }
        for attribute in UInt64(0)..<10 {
            text.put(",\"app.number_", number: attribute)
            text.put("\":", number: random.below(1 << (attribute * 2 + 2)))
        }
    }
}

extension TextCursor {
    @inline(__always)
    mutating func put(_ lead: StaticString, number: UInt64) {
        put(lead)
        put(number)
    }

    @inline(__always)
    mutating func put(_ lead: StaticString, tenths: UInt32) {
        put(lead)
        put(tenths: tenths)
    }

    @inline(__always)
    mutating func put(_ lead: StaticString, text: StaticString) {
        put(lead)
        put(text)
        put("\"")
    }

    /// The lowest `digits` hexadecimal digits of `value`.
    mutating func put(hex value: UInt64, digits: Int) {
        for digit in 0..<digits {
            let nibble = UInt8(truncatingIfNeeded: value >> UInt64(4 * (digits - 1 - digit)) & 15)
            put(byte: nibble < 10 ? 48 + nibble : 87 + nibble)
        }
    }
}
