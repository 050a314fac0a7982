import Foundation

/// Numbers formatted for people.
extension BinaryInteger {
    /// `1,234,567`.
    var grouped: String {
        let digits = String(magnitude)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text += "," }
            text.append(digit)
        }
        return (self < 0 ? "-" : "") + text
    }

    /// `512 B`, `3.4 kB`, `120.3 MB`, `5.1 GB`.
    var byteSize: String {
        let value = Double(self)
        if value < 1_000 { return "\(self) B" }
        if value < 1e6 { return (value / 1e3).fixed(1) + " kB" }
        return value < 1e9 ? (value / 1e6).fixed(1) + " MB" : (value / 1e9).fixed(1) + " GB"
    }
}

extension Double {
    /// With exactly `digits` decimals.
    func fixed(_ digits: Int) -> String {
        String(format: "%.\(digits)f", self)
    }
}
