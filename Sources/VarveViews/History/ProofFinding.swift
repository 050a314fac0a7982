internal import Foundation
internal import VarveEvents
internal import VarveHash
internal import VarveLog

/// The result of verifying a proof.
public enum ProofFinding: Hashable, Sendable, CustomStringConvertible {
    case holds
    /// The proof holds, but the events below this offset have expired since. The base written before their removal attests
    /// their contribution and gives the same view.
    case attested(below: UInt64)
    /// The first place that differs from the proof.
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
