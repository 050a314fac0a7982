public import VarveSettings

/// What is to be said about an input as a whole, once it has ended.
public struct InputSummary: Sendable {
    /// Of the (unpacked) input.
    public let bytes: UInt64
    /// Names that were left out of events, and how often.
    public let leftOut: [String: Int]
    /// NUL bytes between lines, which were passed over.
    public let paddingBytes: UInt64
    /// Why the mapping does not fit the header of a CSV file.
    public let headerProblem: SettingsError?
    /// Why an input that is not empty has brought no record, which is no success.
    public let noRecordsProblem: String?
    /// Why a document was refused as a whole.
    public let documentProblem: String?
    /// Of remote write: the samples, histograms and exemplars that became events.
    public let tally: [Int]
    /// What `auto` has chosen.
    public let chosen: FormatGuess?
    /// What the input looks like, where its records were refused and that is not the format it was read as.
    public let looksLike: FormatGuess?
}

extension InputDecoder {
    public var summary: InputSummary {
        InputSummary(
            bytes: bytesDecoded, leftOut: leftOut, paddingBytes: paddingBytes, headerProblem: headerProblem,
            noRecordsProblem: noRecordsProblem, documentProblem: documentProblem,
            tally: tally, chosen: chosen, looksLike: rejected > 0 ? looksLike : nil)
    }
}
