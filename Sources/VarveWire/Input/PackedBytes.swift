/// Bytes that were packed as a whole.
public enum PackedBytes {
    /// Unpacks all of `packed`.
    ///
    /// - Parameter most: The most bytes that it may unpack to.
    /// - Throws: `.damagedGzip`, `.truncatedGzip`, `.trailingBytes`; `.io` for what unpacks to more than `most`.
    public static func unpack(
        _ packed: UnsafeRawBufferPointer, _ coding: BodyInflater.Coding, most: Int
    ) throws(InputError) -> [UInt8] {
        let inflater = BodyInflater(coding)
        var bytes: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 64 << 10)
        var rest = packed[...]
        while !rest.isEmpty {
            let part = rest.prefix(BodyInflater.portion)
            rest = rest.dropFirst(part.count)
            inflater.give(UnsafeRawBufferPointer(rebasing: part))
            while true {
                let count = try Self.read(inflater, into: &room)
                guard count > 0 else { break }
                guard bytes.count + count <= most else {
                    throw InputError(code: .io, path: coding.rawValue, message: "it unpacks to more than \(most) bytes")
                }
                bytes += room[..<count]
            }
        }
        try inflater.finish()
        return bytes
    }

    private static func read(_ inflater: BodyInflater, into room: inout [UInt8]) throws(InputError) -> Int {
        let result = room.withUnsafeMutableBytes { buffer -> Result<Int, InputError> in
            do throws(InputError) { return .success(try inflater.read(into: buffer)) } catch { return .failure(error) }
        }
        return try result.get()
    }
}
