internal import VarveEvents

/// Why a query cannot be answered.
public enum QueryError: Error, Hashable, Sendable, CustomStringConvertible {
    case unknownDimension(String, view: String, known: [String])
    /// A filter on neither a dimension nor a column.
    case unknownField(String, view: String, dimensions: [String], columns: [String])
    case unknownTable(String, view: String, known: [String])
    case unknownColumn(String, view: String, known: [String])
    /// The query contradicts itself.
    case badRequest(String)
    case bucketTooFine(BucketLevel, view: String, finest: BucketLevel)
    /// The range begins or ends within a bucket of the state, which cannot be split.
    case cutsBucket(BucketLevel, view: String)

    public var description: String {
        switch self {
        case .unknownDimension(let name, let view, let known):
            let list = known.isEmpty ? "it has none" : "it has \(known.joined(separator: ", "))"
            let meant = NearNames.meant(by: name, among: known).map { "did you mean \($0)? " } ?? ""
            return "View \(view) has no dimension \(name); \(meant)\(list)."
        case .unknownField(let name, let view, let dimensions, let columns):
            let meant = NearNames.meant(by: name, among: dimensions + columns).map { "did you mean \($0)? " } ?? ""
            let by = dimensions.isEmpty ? "no dimensions" : "the dimensions \(dimensions.joined(separator: ", "))"
            return "View \(view) has no dimension or column \(name); \(meant)it has \(by) and the columns "
                + "\(columns.joined(separator: ", "))."
        case .badRequest(let reason): return reason
        case .unknownColumn(let name, let view, let known):
            let meant = NearNames.meant(by: name, among: known).map { "did you mean \($0)? " } ?? ""
            return "\(view) has no column \(name); \(meant)it has \(known.joined(separator: ", "))"
        case .unknownTable(let name, let view, let known):
            return "View \(view) has no table \(name); it has \(known.joined(separator: ", "))."
        case .bucketTooFine(let level, let view, let finest):
            return "View \(view) is not stored by the \(level.name); use \(finest.name) or a coarser bucket."
        case .cutsBucket(let level, let view):
            return "The range begins or ends within a bucket of \(view), which is stored by the \(level.name)."
        }
    }
}
