import VarveDisk

/// A settings file: small, UTF-8, named by an option.
enum SettingsText {
    /// Settings parsers refuse larger files, too.
    private static let bytesMax = 4 << 20

    static func bytes(_ path: String, option: String) throws -> [UInt8] {
        do throws(DiskError) {
            return try RealDisk().openFile(path).readAll(limit: bytesMax)
        } catch {
            let what = error.code == .notFound ? "there is no such file" : "the file cannot be read: \(error)"
            throw CommandFailure(.configuration, what, place: path, next: "check \(option)")
        }
    }

    static func read(_ path: String, option: String) throws -> String {
        let bytes = try bytes(path, option: option)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CommandFailure(.configuration, "the file is not UTF-8 text", place: path, next: "check \(option)")
        }
        return text
    }
}
