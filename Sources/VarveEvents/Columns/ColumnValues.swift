/// The values of a column in their in-memory form.
public enum ColumnValues: Sendable {
    case int64([Int64])
    case double([Double])
    /// Doubles that are short decimals: value i is the double nearest to `mantissas[i]` / 10^`scale`, exactly. The scale is 0
    /// ... 9.
    case decimal(mantissas: [Int32], scale: Int)
    case bool(Bitmap)
    /// Strings or JSON texts, as codes into a table in which each string occurs once.
    case strings(Codes, StringTable)

    public var count: Int {
        switch self {
        case .int64(let values): values.count
        case .double(let values): values.count
        case .decimal(let mantissas, _): mantissas.count
        case .bool(let bits): bits.count
        case .strings(let codes, _): codes.count
        }
    }
}
