/// Generated events as NDJSON, in the form that `ingest` reads: about 180 bytes a line, written without a `String`.
///
///     {"time":1767225601234,"signal":"optimistic_action.success","component":"PaymentButton",
///      "session_id":"sess_00017133","user_id":"user_0004211","data":{"action_id":"act_00000042","duration_ms":123.4}}
extension TrafficGenerator {
    /// More bytes than the longest line.
    private static let lineBytesMax = 512

    /// The next lines, about `size` bytes of them; empty after the last event.
    public mutating func nextLines(size: Int = 1 << 20) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: size + Self.lineBytesMax) { memory, count in
            let base = UnsafeMutableRawPointer(memory.baseAddress!)
            var text = TextCursor(at: base)
            while text.position < base + size, let event = next() {
                text.put(event, id: options.ids ? TrafficIdentifier(of: event, number: made, seed: options.seed) : nil)
            }
            count = text.position - base
        }
    }
}

/// The id of a generated event: UUIDv7, from the event's millisecond and 74 random bits that depend on seed and number.
struct TrafficIdentifier {
    let high: UInt64
    let low: UInt64

    init(of event: TrafficEvent, number: Int, seed: UInt64) {
        self.init(time: event.time, number: number, seed: seed)
    }

    init(time: Int64, number: Int, seed: UInt64) {
        let first = RandomStream.mixed(RandomStream.mixed(seed) &+ UInt64(number) &* 2)
        let second = RandomStream.mixed(RandomStream.mixed(seed) &+ UInt64(number) &* 2 &+ 1)
        high = UInt64(truncatingIfNeeded: time) << 16 | 0x7000 | first & 0xFFF
        low = 1 << 63 | second >> 2
    }
}

/// A position in memory where text is written. The caller has checked the capacity.
struct TextCursor {
    var position: UnsafeMutableRawPointer

    init(at position: UnsafeMutableRawPointer) {
        self.position = position
    }

    @inline(__always)
    mutating func put(_ text: StaticString) {
        position.copyMemory(from: text.utf8Start, byteCount: text.utf8CodeUnitCount)
        position += text.utf8CodeUnitCount
    }

    @inline(__always)
    mutating func put(byte: UInt8) {
        position.storeBytes(of: byte, as: UInt8.self)
        position += 1
    }

    /// The decimal digits of `value`, zero-padded to `width`.
    @inline(__always)
    mutating func put(_ value: UInt64, width: Int = 1) {
        var count = width
        var limit = Self.powers[width]
        while value >= limit {
            count += 1
            limit *= 10
        }
        var left = value
        for index in stride(from: count - 1, through: 0, by: -1) {
            position.storeBytes(of: UInt8(truncatingIfNeeded: 48 + left % 10), toByteOffset: index, as: UInt8.self)
            left /= 10
        }
        position += count
    }

    private static let powers: InlineArray<9, UInt64> = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000]

    /// A number of tenths as a decimal: 1234 is `123.4`.
    @inline(__always)
    mutating func put(tenths: UInt32) {
        put(UInt64(tenths / 10))
        put(byte: UInt8(ascii: "."))
        put(byte: 48 + UInt8(truncatingIfNeeded: tenths % 10))
    }

    /// `8-4-4-4-12` hexadecimal digits.
    mutating func put(_ id: TrafficIdentifier) {
        for digit in 0..<32 {
            if digit == 8 || digit == 12 || digit == 16 || digit == 20 { put(byte: UInt8(ascii: "-")) }
            let word = digit < 16 ? id.high : id.low
            let value = UInt8(truncatingIfNeeded: word >> UInt64(60 - digit % 16 * 4) & 15)
            put(byte: value < 10 ? 48 + value : 87 + value)
        }
    }

    mutating func put(_ event: TrafficEvent, id: TrafficIdentifier?) {
        put("{")
        if let id {
            put("\"id\":\"")
            put(id)
            put("\",")
        }
        put("\"time\":")
        put(UInt64(truncatingIfNeeded: event.time))
        put(",\"signal\":\"")
        put(event.signal.name)
        put("\",\"component\":\"")
        put(TrafficNames.components[Int(event.component)].name)
        put("\",\"session_id\":\"sess_")
        put(UInt64(event.session), width: 8)
        put("\",\"user_id\":\"user_")
        put(UInt64(event.user), width: 7)
        put("\",\"data\":{")
        putData(of: event)
        put("}}\n")
    }

    private mutating func putData(of event: TrafficEvent) {
        let detail = Int(event.detail)
        let outcome = Int(event.outcome)
        switch event.signal {
        case .actionStart:
            putAction(event)
        case .actionSuccess:
            putAction(event)
            put(",\"duration_ms\":")
            put(tenths: event.tenths)
        case .actionRollback:
            putAction(event)
            put(",\"duration_ms\":")
            put(tenths: event.tenths)
            putText(",\"rollback_reason\":\"", TrafficNames.rollbackReasons[detail])
        case .retryAttempt:
            putRetry(event)
            put(",\"backoff_ms\":")
            put(UInt64(event.backoff))
        case .retrySuccess:
            putRetry(event)
            put(",\"total_duration_ms\":")
            put(tenths: event.tenths)
        case .retryFailure:
            putRetry(event)
            put(",\"total_duration_ms\":")
            put(tenths: event.tenths)
            putText(",\"final_error\":\"", TrafficNames.finalErrors[outcome])
        case .boundaryTriggered:
            putText("\"error_type\":\"", TrafficNames.errors[detail].type)
            putText(",\"error_message\":\"", TrafficNames.errors[detail].message)
        case .boundaryRecovered:
            putText("\"error_type\":\"", TrafficNames.errors[detail].type)
            putText(",\"recovery_method\":\"", TrafficNames.recoveryMethods[outcome])
            put(",\"recovery_time_ms\":")
            put(tenths: event.tenths)
        case .skeletonShown: break
        case .skeletonHidden:
            put("\"duration_ms\":")
            put(tenths: event.tenths)
        case .clickSuppressed:
            putText("\"suppression_reason\":\"", TrafficNames.suppressionReasons[detail])
        }
    }

    private mutating func putAction(_ event: TrafficEvent) {
        put("\"action_id\":\"act_")
        put(UInt64(event.action), width: 8)
        put("\"")
    }

    private mutating func putRetry(_ event: TrafficEvent) {
        putText("\"api_endpoint\":\"", TrafficNames.endpoints[Int(event.detail)])
        put(",\"retry_count\":")
        put(UInt64(event.retryCount))
    }

    /// `lead`, `text` and a closing quote.
    private mutating func putText(_ lead: StaticString, _ text: StaticString) {
        put(lead)
        put(text)
        put("\"")
    }
}
