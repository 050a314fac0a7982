/// A node of a query's tree. Every one knows where it stands in the text.
public struct Expression: Sendable {
    public indirect enum Kind: Sendable {
        case number(Double)
        case string(String)
        case selector(Selector)
        /// A selector with a range in milliseconds.
        case range(Selector, Int64)
        case subquery(Subquery)
        case call(Function, [Expression])
        case aggregate(Aggregation)
        case binary(BinaryOperation)
        case negative(Expression)
        case positive(Expression)
        case paren(Expression)
    }

    public var kind: Kind
    /// In bytes of the query's text.
    public var range: Range<Int>

    public struct Subquery: Sendable {
        public var operand: Expression
        /// Milliseconds.
        public var range: Int64
        /// Milliseconds; nil for the step that the limits name.
        public var step: Int64?
        public var shift = TimeShift()
    }

    public struct Aggregation: Sendable {
        public var operation: AggregateOperator
        public var parameter: Expression?
        public var operand: Expression
        public var grouping: [String]
        public var isWithout: Bool
    }

    public struct BinaryOperation: Sendable {
        public var operation: BinaryOperator
        public var left: Expression
        public var right: Expression
        public var returnsBool: Bool
        public var matching: Matching
    }

    public struct Matching: Sendable {
        public enum Cardinality: Sendable { case oneToOne, manyToOne, oneToMany }

        public var cardinality = Cardinality.oneToOne
        /// Whether `labels` are those that must agree, and not those that need not.
        public var isOn = false
        public var labels: [String] = []
        /// Labels that `group_left` or `group_right` takes over from the one side.
        public var include: [String] = []
    }

    /// What it evaluates to.
    public var valueKind: ValueKind {
        switch kind {
        case .number: .scalar
        case .string: .string
        case .selector, .aggregate: .vector
        case .range, .subquery: .matrix
        case .call(let function, _): function.result
        case .binary(let binary):
            binary.left.valueKind == .scalar && binary.right.valueKind == .scalar ? .scalar : .vector
        case .negative(let inner), .positive(let inner), .paren(let inner): inner.valueKind
        }
    }

    /// Without the parentheses around it.
    var unwrapped: Expression {
        var inner = self
        while case .paren(let next) = inner.kind { inner = next }
        return inner
    }

    /// Whether it is the same at every moment of evaluation, so that one evaluation serves all steps.
    var isStepInvariant: Bool {
        switch kind {
        case .number, .string: true
        case .selector(let selector), .range(let selector, _): selector.shift.moment != nil
        case .subquery(let subquery): subquery.shift.moment != nil
        case .call(let function, let arguments): !function.dependsOnStep && arguments.allSatisfy(\.isStepInvariant)
        // The parameter is not asked: so Prometheus has it.
        case .aggregate(let aggregation): aggregation.operand.isStepInvariant
        case .binary(let binary): binary.left.isStepInvariant && binary.right.isStepInvariant
        case .negative(let inner), .positive(let inner), .paren(let inner): inner.isStepInvariant
        }
    }
}
