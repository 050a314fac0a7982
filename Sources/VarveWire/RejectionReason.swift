/// Why a record was refused. The raw values are stable: they stand in dead-letter files and in tests.
public enum RejectionReason: String, CaseIterable, Sendable {
    // The record as bytes.
    case lineTooLong = "line_too_long"
    case binary = "binary_data"
    case invalidUTF8 = "invalid_utf8"
    case truncated = "truncated"
    // The record as JSON, log line or CSV.
    case syntax = "syntax"
    case badNumber = "bad_number"
    case notFinite = "not_finite"
    case integerOutOfRange = "integer_out_of_range"
    case badString = "bad_string"
    case tooDeep = "too_deep"
    case notAnObject = "not_an_object"
    case columnCount = "column_count"
    case badHeader = "bad_header"
    // The record as an event.
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
    // The event as the catalog describes it, under the strict policy.
    case badField = "bad_field"
}
