public import VarveSettings

/// A summary of an input after its end.
public struct InputSummary: Sendable {
    /// Uncompressed bytes.
    public let bytes: UInt64
    /// The names dropped from events, with counts.
    public let leftOut: [String: Int]
    /// Whether it was JSON that was cut into one record per line.
    public var isCut = false
    /// Whether it was a JSON array whose closing bracket is missing.
    public var isOpenArray = false
    /// Whether it was read to its end and had no text except white space: no records, and no error.
    public let isBlank: Bool
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
            bytes: bytesDecoded, leftOut: leftOut, isCut: isCut, isOpenArray: text?.isOpenArray ?? false, isBlank: isBlank,
            paddingBytes: paddingBytes, headerProblem: headerProblem, noRecordsProblem: noRecordsProblem,
            documentProblem: documentProblem, tally: tally, chosen: chosen, looksLike: rejected > 0 ? looksLike : nil)
    }
}
