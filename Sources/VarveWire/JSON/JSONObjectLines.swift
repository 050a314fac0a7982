/// Splits JSON into lines, one per object, as in NDJSON: the members of an array, or consecutive objects, in any layout.
/// Separators (white space, commas, the array's brackets) are dropped; the records' own bytes are unchanged, except for line
/// ends. It does not validate: the decoder does.
///
/// Bytes may arrive in any portions. Memory: only the output.
public struct JSONObjectLines: Sendable {
    private var depth = 0
    private var isInString = false
    private var isEscaped = false
    /// A record that is neither an object nor an array: it ends at white space, a comma or a bracket.
    private var isInScalar = false
    private var isInArray = false

    public init() {}

    /// Whether an array has begun whose closing bracket has not come.
    var isOpen: Bool { isInArray }

    /// Appends the lines of `bytes` to `out`.
    public mutating func feed(_ bytes: UnsafeRawBufferPointer, into out: inout [UInt8]) {
        out.reserveCapacity(out.count + bytes.count + 1)
        for byte in bytes {
            if isInString {
                string(byte, &out)
            } else if depth > 0 {
                inside(byte, &out)
            } else {
                between(byte, &out)
            }
        }
    }

    private mutating func string(_ byte: UInt8, _ out: inout [UInt8]) {
        // A line end inside a string is an error; replaced by another control character, it stays an error, of this record
        // only.
        out.append(byte == 0x0A ? 0x01 : byte)
        if isEscaped {
            isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
            isInString = false
        }
    }

    private mutating func inside(_ byte: UInt8, _ out: inout [UInt8]) {
        switch byte {
        case 0x0A, 0x0D: out.append(0x20)
        case UInt8(ascii: "\""):
            isInString = true
            out.append(byte)
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            depth += 1
            out.append(byte)
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            depth -= 1
            out.append(byte)
            if depth == 0 { out.append(0x0A) }
        default: out.append(byte)
        }
    }

    private mutating func between(_ byte: UInt8, _ out: inout [UInt8]) {
        switch byte {
        case 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ","): endScalar(&out)
        case UInt8(ascii: "[") where !isInArray && !isInScalar: isInArray = true
        case UInt8(ascii: "]") where isInArray:
            endScalar(&out)
            isInArray = false
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            endScalar(&out)
            depth = 1
            out.append(byte)
        default:
            isInScalar = true
            isInString = byte == UInt8(ascii: "\"")
            out.append(byte)
        }
    }

    private mutating func endScalar(_ out: inout [UInt8]) {
        guard isInScalar else { return }
        isInScalar = false
        out.append(0x0A)
    }
}
