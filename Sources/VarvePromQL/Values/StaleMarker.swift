/// The value that ends a series: a NaN of one bit pattern, which no computation yields.
public enum StaleMarker {
    public static let bits: UInt64 = 0x7FF0_0000_0000_0002
    public static let value = Double(bitPattern: bits)

    @inline(__always) public static func isStale(_ value: Double) -> Bool { value.bitPattern == bits }
}
