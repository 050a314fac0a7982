/// An open file that closes itself.
public final class DiskFile: Sendable {
    public let handle: DiskHandle
    public let disk: any Disk

    public init(_ handle: DiskHandle, on disk: any Disk) {
        self.handle = handle
        self.disk = disk
    }

    deinit { disk.close(handle) }

    public var path: String { handle.path }

    public func read(into buffer: UnsafeMutableRawBufferPointer, at position: UInt64) throws(DiskError) -> Int {
        try disk.read(handle, into: buffer, at: position)
    }

    public func write(_ bytes: UnsafeRawBufferPointer, at position: UInt64) throws(DiskError) {
        try disk.write(handle, bytes, at: position)
    }

    public func write(_ bytes: [UInt8], at position: UInt64) throws(DiskError) {
        // `withUnsafeBytes` does not preserve the typed error of this closure, so it is passed out in a `Result`.
        let result = bytes.withUnsafeBytes { raw in
            Result { () throws(DiskError) in try disk.write(handle, raw, at: position) }
        }
        try result.get()
    }

    public func truncate(to size: UInt64) throws(DiskError) { try disk.truncate(handle, to: size) }
    public func syncData() throws(DiskError) { try disk.syncData(handle) }
    public func size() throws(DiskError) -> UInt64 { try disk.size(handle) }

    /// Up to `count` bytes from `position`; fewer at the end of the file.
    public func read(_ count: Int, at position: UInt64) throws(DiskError) -> [UInt8] {
        var failure: DiskError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            do throws(DiskError) {
                filled = try disk.read(handle, into: UnsafeMutableRawBufferPointer(buffer), at: position)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// The whole file, which must not be longer than `limit`.
    public func readAll(limit: Int) throws(DiskError) -> [UInt8] {
        let size = try size()
        guard size <= UInt64(limit) else {
            throw DiskError(.other, operation: "read", path: path, detail: "\(size) bytes, the limit is \(limit)")
        }
        return try read(Int(size), at: 0)
    }
}
