public import VarveSettings

/// A summary of an input after its end.
public struct InputSummary: Sendable {
    /// Uncompressed bytes.
    public let bytes: UInt64
    /// The names dropped from events, with counts.
    public let leftOut: [String: Int]
    /// NUL bytes skipped between lines.
    public let paddingBytes: UInt64
    /// Why the mapping does not match the header of a CSV file.
    public let headerProblem: SettingsError?
    /// Why a non-empty input had no records, which is an error.
    public let noRecordsProblem: String?
    /// Why a document was refused as a whole.
    public let documentProblem: String?
    /// Of remote write: the samples, histograms and exemplars that became events.
    public let tally: [Int]
    /// The format selected by `auto`.
    public let chosen: FormatGuess?
    /// The format that the input resembles, if its records were refused and it is not the format it was read as.
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
