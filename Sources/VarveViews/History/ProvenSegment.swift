internal import Foundation
internal import VarveEvents
internal import VarveHash
internal import VarveLog

/// One segment of a proof; of the last one only the part below the proof's offset.
public struct ProvenSegment: Hashable, Sendable, Codable {
    public var first: UInt64
    public var end: UInt64
    /// The content hash of a whole sealed segment.
    public var contentHash: String?
    /// SHA-256 of the canonical bytes of the view's state over these events alone; for a sequential projection its view hash at
    /// the end of them.
    public var stateHash: String

    enum CodingKeys: String, CodingKey {
        case first, end
        case contentHash = "content_hash"
        case stateHash = "state_hash"
    }
}
