/// Numbers and texts as Go writes them, which is how Prometheus shows them.
public enum GoText {
    /// A sample's value as the HTTP interface has it: shortest digits that read back as the same number; an exponent only below
    /// 1e-6 and from 1e21 on.
    public static func value(_ number: Double) -> String {
        let size = number.magnitude
        return size != 0 && size.isFinite && (size < 1e-6 || size >= 1e21) ? scientific(number) : plain(number)
    }

    /// Without an exponent.
    public static func plain(_ number: Double) -> String {
        if let special = special(number) { return special }
        let (sign, digits, point) = parts(number)
        if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + digits }
        if point >= digits.count { return sign + digits + String(repeating: "0", count: point - digits.count) }
        let split = digits.index(digits.startIndex, offsetBy: point)
        return sign + digits[..<split] + "." + digits[split...]
    }

    private static func scientific(_ number: Double) -> String {
        let (sign, digits, point) = parts(number)
        let exponent = point - 1
        let fraction = digits.dropFirst()
        let power = "\(exponent.magnitude)"
        return sign + digits.prefix(1) + (fraction.isEmpty ? "" : "." + fraction) + (exponent < 0 ? "e-" : "e+")
            + (power.count < 2 ? "0" : "") + power
    }

    private static func special(_ number: Double) -> String? {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Inf" : "+Inf" }
        if number == 0 { return number.sign == .minus ? "-0" : "0" }
        return nil
    }

    /// The significant digits, and how many of them stand before the point.
    private static func parts(_ number: Double) -> (sign: String, digits: String, point: Int) {
        let text = "\(number.magnitude)"
        let halves = text.split(separator: "e")
        var point = halves.count > 1 ? Int(halves[1]) ?? 0 : 0
        let mantissa = halves[0].split(separator: ".", omittingEmptySubsequences: false)
        var digits = mantissa.joined()
        point += mantissa[0].count
        while digits.hasSuffix("0") { digits.removeLast() }
        while digits.hasPrefix("0") {
            digits.removeFirst()
            point -= 1
        }
        return (number.sign == .minus ? "-" : "", digits, point)
    }

    /// Between quotation marks, with escapes.
    public static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars { result += escaped(scalar, "\"") }
        return result + "\""
    }

    /// One character between apostrophes; nil is the end of the input.
    static func quoted(_ scalar: Unicode.Scalar?) -> String {
        guard let scalar else { return "'\u{FFFD}'" }
        return "'" + escaped(scalar, "'") + "'"
    }

    private static func escaped(_ scalar: Unicode.Scalar, _ quote: Unicode.Scalar) -> String {
        switch scalar {
        case quote, "\\": "\\\(scalar)"
        case "\n": "\\n"
        case "\t": "\\t"
        case "\r": "\\r"
        case "\u{07}": "\\a"
        case "\u{08}": "\\b"
        case "\u{0B}": "\\v"
        case "\u{0C}": "\\f"
        case _ where scalar.value < 0x20 || scalar.value == 0x7F: "\\x" + hex(scalar.value, 2)
        default: "\(scalar)"
        }
    }

    private static func hex(_ value: UInt32, _ digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }

    /// The number that a text is, as Go reads it; nil when it is none, or too large.
    public static func double(_ text: String) -> Double? {
        var body = Substring(text)
        let sign = body.first
        if sign == "+" || sign == "-" { body.removeFirst() }
        let negative = sign == "-"
        switch body.lowercased() {
        case "inf", "infinity": return negative ? -.infinity : .infinity
        case "nan": return .nan
        default: break
        }
        guard let first = body.utf8.first, first.isDigit || first == UInt8(ascii: "."), !body.utf8.contains(UInt8(ascii: "("))
        else {
            return nil
        }
        let isHex = body.utf8.count > 2 && body.lowercased().hasPrefix("0x")
        if isHex, !body.lowercased().contains("p") { return nil }
        let last = body.utf8.last ?? 0
        // Swift wants digits on both sides of the point.
        var readable = String(body)
        if !isHex {
            if first == UInt8(ascii: ".") { readable = "0" + readable }
            if last == UInt8(ascii: ".") { readable += "0" }
            readable = readable.replacing(".e", with: ".0e").replacing(".E", with: ".0E")
            guard body.utf8.contains(where: \.isDigit) else { return nil }
        }
        guard let number = Double(readable), number.isFinite else { return nil }
        return negative ? -number : number
    }
}
