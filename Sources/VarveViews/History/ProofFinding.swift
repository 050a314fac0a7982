internal import Foundation
internal import VarveEvents
internal import VarveHash
internal import VarveLog

/// What checking a proof found.
public enum ProofFinding: Hashable, Sendable, CustomStringConvertible {
    case holds
    /// It holds, but events below have expired since: what they contributed is attested by the base that was written before they
    /// went, which gives the same view.
    case attested(below: UInt64)
    /// The first place that is not as the proof says.
    case differs(at: String)

    public var description: String {
        switch self {
        case .holds: "yes: the log gives the same view"
        case .attested(let end):
            "yes: the log gives the same view; events below \(end) have expired, and are attested by the base at \(end)"
        case .differs(let place): "no: \(place)"
        }
    }
}
