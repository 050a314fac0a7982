internal import Foundation

/// The outside formats that become events.
public enum InputFormat: String, CaseIterable, Sendable {
    case ndjson, combined, common, csv
    /// A system's own JSON.
    case records
}
