extension BinaryInteger {
    /// The digits of a number that is not negative, with zeros in front up to `width`.
    package func zeroPadded(_ width: Int, radix: Int = 10) -> String {
        String(self, radix: radix).zeroPadded(width)
    }
}

extension String {
    /// With zeros in front up to `width` bytes.
    package func zeroPadded(_ width: Int) -> String {
        String(repeating: "0", count: max(0, width - utf8.count)) + self
    }
}
