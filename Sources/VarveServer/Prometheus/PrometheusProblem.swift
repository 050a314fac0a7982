internal import VarvePromQL
internal import VarveWire

/// A refusal as Prometheus words it: `{"status":"error","errorType":…,"error":…}`.
struct PrometheusProblem: Error {
    enum Kind: String {
        case badData = "bad_data"
        case execution, timeout, unavailable
        case notFound = "not_found"
        case `internal`

        var status: Int {
            switch self {
            case .badData: 400
            case .execution: 422
            case .timeout, .unavailable: 503
            case .notFound: 404
            case .internal: 500
            }
        }
    }

    let kind: Kind
    let message: String
    /// Where it is not that of the kind.
    private var ownStatus: Int?

    var status: Int { ownStatus ?? kind.status }

    init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    static func parameter(_ name: String, _ what: String) -> PrometheusProblem {
        PrometheusProblem(.badData, "invalid parameter \"\(name)\": \(what)")
    }

    /// What is wrong with a query's text, with line and column.
    init(_ error: PromQLError, in text: String, parameter: String?) {
        var sentence = error.message
        if let place = error.range?.lowerBound {
            let before = Array(text.utf8.prefix(place))
            let line = before.count { $0 == 0x0A } + 1
            let column = place - (before.lastIndex(of: 0x0A) ?? -1)
            sentence = "\(line):\(column): parse error: \(sentence)"
        }
        self.init(.badData, (parameter.map { "invalid parameter \"\($0)\": " } ?? "") + sentence)
    }

    /// Whatever else a handler meets.
    init(_ error: any Error) {
        switch error {
        case let error as PrometheusProblem: self = error
        case let error as PromQLError where error.code == .source && error.cause != nil:
            self.init(error.cause ?? error)
        case let error as PromQLError:
            switch error.code {
            case .syntax, .unsupported: self.init(.badData, error.message)
            case .execution, .tooManySamples: self.init(.execution, error.message)
            case .stopped: self.init(.timeout, error.message)
            case .source: self.init(.internal, "the series cannot be read")
            }
        default:
            let problem = Problem(error) ?? Problem(503, "stopping", "the server is stopping")
            self.init(problem.status == 503 ? .unavailable : problem.status < 500 ? .badData : .internal, problem.detail)
            ownStatus = problem.status
        }
    }

    var json: String {
        var object = JSONLine()
        object.field("status", "error")
        object.field("errorType", kind.rawValue)
        object.field("error", message)
        return object.text
    }
}
