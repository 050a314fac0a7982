/// The source of one value of a mapping.
indirect enum FieldSource: Hashable, Sendable {
    /// A field, by index in `FieldRules.fields`.
    case field(Int)
    case constant(String)
    /// Maps a field's text: other texts become `otherwise`, or stay unchanged if `keeps` is set.
    case map(FieldSource, values: [String: String], otherwise: String?, keeps: Bool)
    /// The first one that is present.
    case first([FieldSource])
    /// The present texts, joined.
    case concat([FieldSource], separator: String)
    /// The exact product of numbers, all of which must be present.
    case product([FieldSource])
    /// The text before the first occurrence of these characters, or all of it.
    case before(FieldSource, String)
    /// The text after the first occurrence of these characters; absent if they do not occur.
    case after(FieldSource, String)
    /// The text without surrounding white space.
    case trim(FieldSource)
    /// The text without the newline at its end.
    case line(FieldSource)
    /// The text in lower case (ASCII).
    case lower(FieldSource)
    /// The part of the file's path that `{}` matches.
    case path(PathPattern)
}
