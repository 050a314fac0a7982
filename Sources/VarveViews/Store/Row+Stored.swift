// Typed access to the rows of a store. The file may be damaged: one flipped byte can turn a blob into null or a number. So
// nothing here traps; an unexpected type is reported as damage.

internal import Foundation
internal import GRDB

extension Row {
    /// The integer in column `index`.
    func integer(_ index: Int) throws(ViewError) -> Int64 {
        guard let number = try optionalInteger(index) else { throw unexpected(index, "an integer") }
        return number
    }

    /// The integer in column `index`; nil for null.
    func optionalInteger(_ index: Int) throws(ViewError) -> Int64? {
        switch try value(index).storage {
        case .null: nil
        case .int64(let number): number
        default: throw unexpected(index, "an integer")
        }
    }

    /// The unsigned number whose bits are stored in column `index`.
    func bits(_ index: Int) throws(ViewError) -> UInt64 { UInt64(bitPattern: try integer(index)) }

    func bool(_ index: Int) throws(ViewError) -> Bool { try integer(index) != 0 }

    func text(_ index: Int) throws(ViewError) -> String {
        guard case .string(let text) = try value(index).storage else { throw unexpected(index, "a text") }
        return text
    }

    func optionalText(_ index: Int) throws(ViewError) -> String? {
        if case .null = try value(index).storage { return nil }
        return try text(index)
    }

    func blob(_ index: Int) throws(ViewError) -> [UInt8] {
        guard let bytes = try optionalBlob(index) else { throw unexpected(index, "a blob") }
        return bytes
    }

    func optionalBlob(_ index: Int) throws(ViewError) -> [UInt8]? {
        switch try value(index).storage {
        case .null: nil
        case .blob(let bytes): Array(bytes)
        default: throw unexpected(index, "a blob")
        }
    }

    private func value(_ index: Int) throws(ViewError) -> DatabaseValue {
        guard index < count else { throw ViewError(.damaged, "a row of the view store has \(count) columns") }
        return self[index]
    }

    private func unexpected(_ index: Int, _ kind: String) -> ViewError {
        ViewError(.damaged, "column \(index) of a row of the view store is not \(kind)")
    }
}
