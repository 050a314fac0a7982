/// One code per combination of several fields' codes, for a set of rows.
///
/// Fields that are constant in the set cost nothing, and if only one varies its codes are used unchanged. Several are combined
/// pairwise and renumbered densely by first appearance, so that tables by code stay small whatever the product.
final class CellCodes {
    let span: CodeSpan
    /// Codes are below this.
    let limit: Int
    /// Per field, its constant code; nil if it varies.
    let constants: [UInt32?]
    /// Per code, the code of each varying field; empty if there is only one.
    private let tuples: [UInt32]
    private let varyingCount: Int

    init(_ rows: RowSet, _ fields: [FieldCodes]) {
        let spans = fields.map { $0.span(rows.group) }
        let constants = spans.map { span -> UInt32? in
            if case .constant(let code) = span { return code }
            return nil
        }
        self.constants = constants
        let varying = spans.indices.filter { constants[$0] == nil }
        varyingCount = varying.count
        guard let first = varying.first else {
            (span, limit, tuples) = (.constant(0), 1, [])
            return
        }
        if varying.count == 1 {
            (span, limit, tuples) = (spans[first].gathered(rows.positions), fields[first].count, [])
            return
        }
        var combined = spans[first].widened(rows)
        var made: [UInt32] = []
        var width = 1
        var size = fields[first].count
        for index in varying.dropFirst() {
            let next = spans[index].widened(rows)
            let pairs = Self.combine(&combined, size, next, fields[index].count)
            var joined: [UInt32] = []
            joined.reserveCapacity(pairs.count * (width + 1))
            for pair in pairs {
                if width == 1 {
                    joined.append(pair.0)
                } else {
                    joined += made[(Int(pair.0) * width)..<((Int(pair.0) + 1) * width)]
                }
                joined.append(pair.1)
            }
            made = joined
            width += 1
            size = pairs.count
        }
        (span, limit, tuples) = (.u32(combined, offset: 0), size, made)
    }

    /// The code of field `field` in the combination `code`. `varying` is the number of varying fields before it.
    @inline(__always)
    func fieldCode(_ code: Int, _ field: Int, varying: inout Int) -> UInt32 {
        if let constant = constants[field] { return constant }
        defer { varying += 1 }
        return varyingCount == 1 ? UInt32(truncatingIfNeeded: code) : tuples[code * varyingCount + varying]
    }

    /// The code of varying field `varying` in the combination `code`.
    @inline(__always)
    func varyingCode(_ code: Int, _ varying: Int) -> UInt32 {
        varyingCount == 1 ? UInt32(truncatingIfNeeded: code) : tuples[code * varyingCount + varying]
    }

    /// Replaces `left` by numbers of the pairs (left, right), in order of first appearance, and returns the pairs.
    private static func combine(
        _ left: inout [UInt32], _ leftLimit: Int, _ right: [UInt32], _ rightLimit: Int
    ) -> [(UInt32, UInt32)] {
        var pairs: [(UInt32, UInt32)] = []
        let product = leftLimit.multipliedReportingOverflow(by: rightLimit)
        if !product.overflow, product.partialValue <= 1 << 20 {
            var numbers = [UInt32](repeating: .max, count: product.partialValue)
            for index in left.indices {
                let slot = Int(left[index]) * rightLimit + Int(right[index])
                if numbers[slot] == .max {
                    numbers[slot] = UInt32(truncatingIfNeeded: pairs.count)
                    pairs.append((left[index], right[index]))
                }
                left[index] = numbers[slot]
            }
            return pairs
        }
        var numbers: [UInt64: UInt32] = [:]
        for index in left.indices {
            let slot = UInt64(left[index]) << 32 | UInt64(right[index])
            if let known = numbers[slot] {
                left[index] = known
            } else {
                let number = UInt32(truncatingIfNeeded: pairs.count)
                numbers[slot] = number
                pairs.append((left[index], right[index]))
                left[index] = number
            }
        }
        return pairs
    }
}
