/// Where a mapping takes one value from.
indirect enum FieldSource: Hashable, Sendable {
    /// A field, by number in `FieldRules.fields`.
    case field(Int)
    case constant(String)
    /// Other texts for a field's: what is not among them is `otherwise`, or itself where `keeps` is set.
    case map(FieldSource, values: [String: String], otherwise: String?, keeps: Bool)
    /// The first that is there.
    case first([FieldSource])
    /// The texts that are there, joined.
    case concat([FieldSource], separator: String)
    /// The exact product of numbers, all of which must be there.
    case product([FieldSource])
    /// The text up to the first of these characters, or all of it.
    case before(FieldSource, String)
    /// The text behind the first of these characters, if they are there.
    case after(FieldSource, String)
    /// The text without white space around it.
    case trim(FieldSource)
    /// The text in small letters (ASCII).
    case lower(FieldSource)
    /// What `{}` stands for in the path of the file.
    case path(PathPattern)
}
