/// A block of addresses: `10.0.0.0/8`.
public struct AddressBlock: Hashable, Sendable {
    private let first: IPAddress
    private let bits: Int

    /// An address without a length is a block of one.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let address = IPAddress(String(parts[0])) else { return nil }
        first = address
        guard parts.count == 2 else {
            bits = address.bytes.count * 8
            return
        }
        guard let bits = Int(parts[1]), (0...address.bytes.count * 8).contains(bits) else { return nil }
        self.bits = bits
    }

    public func contains(_ address: IPAddress) -> Bool {
        guard address.bytes.count == first.bytes.count else { return false }
        let whole = bits / 8
        guard address.bytes.prefix(whole) == first.bytes.prefix(whole) else { return false }
        let rest = bits % 8
        guard rest > 0, whole < first.bytes.count else { return true }
        let mask = UInt8(truncatingIfNeeded: 0xFF00 >> rest)
        return address.bytes[whole] & mask == first.bytes[whole] & mask
    }
}
