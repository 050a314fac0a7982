internal import VarveEvents

/// Numbers of expositions as text.
enum ExpositionNumber {
    /// A decimal number, or an infinity, or what is no number; nil for anything else. OpenMetrics takes no hexadecimal ones.
    static func value(_ text: UnsafeRawBufferPointer, isStrict: Bool) -> Double? {
        guard text.count <= 400 else { return nil }
        let word = String(decoding: text, as: UTF8.self)
        switch word.lowercased() {
        case "nan": return .nan
        case "inf", "+inf", "infinity", "+infinity": return .infinity
        case "-inf", "-infinity": return -.infinity
        default: break
        }
        let isDecimal = text.allSatisfy { ExpositionLine.isDigit($0) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains($0) }
        guard isDecimal || !isStrict && word.contains("0x") else { return nil }
        guard let number = Double(word) else { return nil }
        // What is beyond the largest double is infinite to every reader of the format.
        return number
    }

    /// Seconds as text, with a fraction, to nanoseconds; nil for what is no moment. Beyond 64 bits a moment that is refused.
    static func nanoseconds(seconds text: UnsafeRawBufferPointer) -> Int64? {
        guard let number = value(text, isStrict: true), number.isFinite else { return nil }
        if case .nanoseconds(let exact) = EpochNumber.read(text, unit: .seconds, point: 0x2E) { return exact }
        let nanoseconds = (number * 1_000).rounded() * 1_000_000
        return Int64(exactly: nanoseconds) ?? .max
    }

    /// Milliseconds as text, to nanoseconds.
    static func nanoseconds(milliseconds text: UnsafeRawBufferPointer) -> Int64? {
        guard text.count <= 20, let number = Int64(String(decoding: text, as: UTF8.self)) else { return nil }
        return PrometheusRows.nanoseconds(milliseconds: number)
    }
}
