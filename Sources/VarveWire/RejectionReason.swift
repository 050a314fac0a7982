/// Why a record was refused. The raw values are stable: dead-letter files and tests contain them.
public enum RejectionReason: String, CaseIterable, Sendable {
    // Problems with the bytes.
    case lineTooLong = "line_too_long"
    case binary = "binary_data"
    case invalidUTF8 = "invalid_utf8"
    case truncated = "truncated"
    // Problems with the JSON, log line or CSV syntax.
    case syntax = "syntax"
    case badNumber = "bad_number"
    case notFinite = "not_finite"
    case integerOutOfRange = "integer_out_of_range"
    case badString = "bad_string"
    case tooDeep = "too_deep"
    case notAnObject = "not_an_object"
    case columnCount = "column_count"
    case badHeader = "bad_header"
    // Problems with the event.
    case missingTime = "missing_time"
    case badTime = "bad_time"
    case timeOutOfRange = "time_out_of_range"
    case missingSignal = "missing_signal"
    case missingObserved = "missing_observed"
    case observedOutOfRange = "observed_out_of_range"
    case badName = "bad_name"
    case badID = "bad_id"
    case wrongType = "wrong_type"
    case stringTooLong = "string_too_long"
    case tooManyAttributes = "too_many_attributes"
    case eventTooLarge = "event_too_large"
    // Differences from the catalog, under the strict policy.
    case badField = "bad_field"
}
