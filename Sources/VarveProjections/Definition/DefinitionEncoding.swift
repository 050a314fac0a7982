// The canonical encoding of a definition, hashed into its fingerprint and never decoded. Every list is preceded by its count
// and every text by its length, so no two definitions share an encoding. All numbers are little-endian.
//
//     "varve view" ‖ engine version i64 ‖ name ‖ version i64 ‖ signals ‖ filter? ‖ levels ‖ zone
//     ‖ dimensions ‖ measures ‖ derived ‖ budget
//
// Order matters where it is visible (dimensions, measures, derived columns); signal names are sorted.

internal import VarveEvents
public import VarveHash

/// Incremented when the same events and definition would give different state bytes than before.
public let engineVersion: UInt32 = 1

extension ViewDefinition {
    var canonicalEncoding: [UInt8] { encoding(isFormer: false) }

    /// The fingerprints of this definition as computed by earlier programs, whose cells can still be read.
    public var former: [SHA256Digest] {
        let hasExtremes = measures.contains { measure in
            switch measure.kind {
            case .min, .max: true
            default: false
            }
        }
        return hasExtremes ? [encoding(isFormer: true).withUnsafeBytes { SHA256Digest(of: $0) }] : []
    }

    private func encoding(isFormer: Bool) -> [UInt8] {
        var out = DefinitionWriter()
        out.isFormer = isFormer
        out.text("varve view")
        out.number(Int64(engineVersion))
        out.text(name)
        out.number(Int64(version))
        out.list(sortedTexts(signals.names)) { $0.text($1) }
        out.list(sortedTexts(signals.prefixes)) { $0.text($1) }
        out.condition(filter)
        out.list(levels.sorted()) { $0.tag($1.rawValue) }
        out.zone(zone)
        out.list(dimensions) { $0.dimension($1) }
        out.list(measures) { $0.measure($1) }
        out.list(derived) { $0.derived($1) }
        out.number(Int64(budget))
        // Before hours of a zone existed, zones only affected days.
        if zone != .utc, !levels.isSubset(of: [.day, .all]) { out.text("hours of the zone") }
        if let continues {
            out.text("continues")
            out.number(Int64(continues))
        }
        return out.bytes
    }

    /// The layout of the view's cells, regardless of their contents: definitions of the same form can read each other's cells.
    public var form: SHA256Digest {
        var out = DefinitionWriter()
        // Cells of both versions of `min` and `max` are read the same way.
        out.isFormer = true
        out.text("varve form")
        out.number(Int64(engineVersion))
        out.list(permanentLevels) { $0.tag($1.rawValue) }
        out.zone(zone)
        out.list(dimensions) { $0.dimension($1) }
        out.number(Int64(budget))
        out.list(measures) { out, measure in
            var plain = measure
            plain.condition = nil
            out.measure(plain)
        }
        return out.bytes.withUnsafeBytes { SHA256Digest(of: $0) }
    }
}

private func sortedTexts(_ texts: [String]) -> [String] {
    texts.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}

struct DefinitionWriter {
    var bytes: [UInt8] = []
    /// Encodes `min` and `max` as the first version did, which stored doubles.
    var isFormer = false

    mutating func tag(_ value: UInt8) {
        bytes.append(value)
    }

    mutating func number(_ value: Int64) {
        for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> Int64(shift))) }
    }

    mutating func text(_ value: String) {
        number(Int64(value.utf8.count))
        bytes.append(contentsOf: value.utf8)
    }

    mutating func list<Element>(_ elements: [Element], _ write: (inout DefinitionWriter, Element) -> Void) {
        number(Int64(elements.count))
        for element in elements { write(&self, element) }
    }

    mutating func zone(_ zone: BucketZone) {
        switch zone {
        case .utc: text("UTC")
        case .named(let rules):
            text(rules.name)
            number(rules.initial)
            list(rules.changes) { out, change in
                out.number(change.second)
                out.number(change.offset)
            }
        }
    }

    mutating func field(_ field: Field) {
        tag(field.place.rawValue)
        text(field.name)
    }

    mutating func value(_ value: Value) {
        tag(value.type.rawValue)
        switch value {
        case .int64(let number): self.number(number)
        case .double(let number): self.number(Int64(bitPattern: number.bitPattern))
        case .bool(let flag): tag(flag ? 1 : 0)
        case .string(let text), .json(let text): self.text(text)
        }
    }

    mutating func condition(_ condition: Condition?) {
        switch condition {
        case nil: tag(0)
        case .all(let parts):
            tag(1)
            list(parts) { $0.condition($1) }
        case .any(let parts):
            tag(2)
            list(parts) { $0.condition($1) }
        case .not(let part):
            tag(3)
            self.condition(part)
        case .compare(let field, let comparison, let value):
            tag(4)
            self.field(field)
            tag(comparison.rawValue)
            self.value(value)
        case .isIn(let field, let values):
            tag(5)
            self.field(field)
            list(values) { $0.value($1) }
        case .hasPrefix(let field, let prefix):
            tag(6)
            self.field(field)
            text(prefix)
        case .exists(let field):
            tag(7)
            self.field(field)
        case .contains(let field, let text):
            tag(8)
            self.field(field)
            self.text(text)
        case .isWord(let field, let words):
            tag(9)
            self.field(field)
            list(words) { $0.text($1) }
        case .glob(let field, let pattern):
            tag(10)
            self.field(field)
            self.text(pattern)
        }
    }

    mutating func dimension(_ dimension: Dimension) {
        text(dimension.name)
        field(dimension.field)
        switch dimension.transform {
        case .none: tag(0)
        case .lower: tag(1)
        case .prefix(let count):
            tag(2)
            number(Int64(count))
        case .statusClass: tag(3)
        case .ranges(let ranges):
            tag(4)
            list(ranges) { out, range in
                out.text(range.name)
                out.tag(range.below == nil ? 0 : 1)
                out.number(Int64(bitPattern: (range.below ?? 0).bitPattern))
            }
        }
    }

    mutating func measure(_ measure: Measure) {
        text(measure.name)
        condition(measure.condition)
        switch measure.kind {
        case .count: tag(1)
        case .sum: tag(2)
        case .min: tag(isFormer ? 3 : 9)
        case .max: tag(isFormer ? 4 : 10)
        case .last: tag(5)
        case .quantiles(_, let columns):
            tag(6)
            list(columns) { $0.statistic($1) }
        case .distinct: tag(7)
        case .topK(_, let count):
            tag(8)
            number(Int64(count))
        case .product(let fields):
            tag(11)
            list(fields) { $0.field($1) }
        case .combinations(let fields):
            tag(12)
            list(fields) { $0.field($1) }
        }
        if let field = measure.kind.field { self.field(field) }
    }

    mutating func statistic(_ column: StatisticColumn) {
        text(column.name)
        switch column.statistic {
        case .count: tag(1)
        case .min: tag(2)
        case .max: tag(3)
        case .quantile(let millionths):
            tag(4)
            number(Int64(millionths))
        case .interpolated(let millionths):
            tag(5)
            number(Int64(millionths))
        }
    }

    mutating func derived(_ column: DerivedColumn) {
        text(column.name)
        switch column.formula {
        case .ratio(let parts, let whole):
            tag(1)
            list(parts) { $0.text($1) }
            list(whole) { $0.text($1) }
        case .mean(let sum):
            tag(2)
            text(sum)
        case .ratePerSecond(let of):
            tag(3)
            text(of)
        }
    }
}
