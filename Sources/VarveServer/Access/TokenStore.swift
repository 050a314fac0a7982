internal import Foundation
internal import Synchronization
internal import VarveDisk
public import VarveEvents
internal import VarveHash
internal import VarveWire

/// The tokens of a data directory: `access/tokens`, one line each, readable by its owner alone. Only hashes of secrets are kept.
/// Commands write it while a server runs; the server sees that within a second.
public final class TokenStore: Sendable {
    private struct Cached {
        var tokens: [AccessToken] = []
        var version: String?
        var lookedAt: ContinuousClock.Instant?
        var fault: String?
    }

    private let paths: ServerPaths
    private var path: String { paths.tokens }
    private let cached = Mutex(Cached())
    private static let bytesMax = 4 << 20

    /// - Parameter data: The data directory.
    public init(at data: String) {
        paths = ServerPaths(data)
    }

    /// All tokens, expired ones too.
    ///
    /// - Throws: `.configuration` when the file cannot be read, or is none.
    public func tokens() throws(ServerError) -> [AccessToken] {
        do {
            guard try RealDisk().kind(path) != nil else { return [] }
            let bytes = try RealDisk().openFile(path).readAll(limit: Self.bytesMax)
            return try bytes.split(separator: 0x0A).map { try Self.parse($0) }
        } catch let error as ServerError {
            throw error
        } catch {
            throw ServerError(.configuration, "the tokens in \(path) cannot be read: \(error)")
        }
    }

    /// Makes a token. The secret is told here and nowhere else.
    public func create(
        name: String, scopes: [AccessScope], expires: Timestamp? = nil
    ) throws(ServerError) -> (token: AccessToken, secret: String) {
        let id = "vt_" + Self.random(6)
        let secret = id + "." + Self.random(32)
        let token = AccessToken(
            id: id, name: name, scopes: scopes, created: Timestamp(nanoseconds: wallClockNanoseconds()), expires: expires,
            hash: Self.hash(secret))
        try change { $0.append(token) }
        return (token, secret)
    }

    /// Forgets a token, by its id. False when there is none.
    public func revoke(_ id: String) throws(ServerError) -> Bool {
        var isFound = false
        try change { tokens in
            isFound = tokens.contains { $0.id == id }
            tokens.removeAll { $0.id == id }
        }
        return isFound
    }

    // MARK: For the server

    /// - Throws: `.configuration` when the file cannot be read.
    func check() throws(ServerError) { _ = try tokens() }

    /// Whether there is any, so that everybody has to show one. A file that cannot be read counts as one.
    var hasAny: Bool {
        let known = current()
        return known.fault != nil || !known.tokens.isEmpty
    }

    /// The token of a secret; nil when there is none that counts now.
    func token(of secret: String) -> AccessToken? {
        let hash = Self.hash(secret)
        let now = Timestamp(nanoseconds: wallClockNanoseconds())
        var found: AccessToken?
        // Every hash is compared, and all of each, so that time tells nothing.
        for token in current().tokens where Self.isEqual(token.hash, hash) { found = token }
        return found.flatMap { $0.isValid(at: now) ? $0 : nil }
    }

    /// Whether the token with this id still counts: one may be revoked, or expire, while a stream is open.
    func counts(_ id: String) -> Bool {
        let now = Timestamp(nanoseconds: wallClockNanoseconds())
        return current().tokens.contains { $0.id == id && $0.isValid(at: now) }
    }

    private func current() -> Cached {
        cached.withLock { cached in
            let now = ContinuousClock().now
            if let lookedAt = cached.lookedAt, now - lookedAt < .milliseconds(500) { return cached }
            cached.lookedAt = now
            let version = Self.version(of: path)
            guard version != cached.version || cached.fault != nil else { return cached }
            cached.version = version
            do throws(ServerError) {
                cached.tokens = try tokens()
                cached.fault = nil
            } catch {
                // What was known stays: nobody is let in by a broken file, and nobody is locked out.
                cached.fault = error.message
            }
            return cached
        }
    }

    /// Changes when the file does.
    private static func version(of path: String) -> String? {
        guard let status = try? FileManager.default.attributesOfItem(atPath: path) else { return nil }
        let time = (status[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
        return "\(status[.systemFileNumber] ?? 0) \(status[.size] ?? 0) \(time)"
    }

    private func change(_ body: (inout [AccessToken]) -> Void) throws(ServerError) {
        do {
            let disk = RealDisk()
            try disk.makeDirectory(paths.access)
            chmod(paths.access, 0o700)
            let lock = try Self.lock(paths.tokensLock, disk)
            defer { disk.close(lock) }
            var all = try tokens()
            body(&all)
            try disk.replace(path, with: all.flatMap { Array($0.line.utf8) })
            chmod(path, 0o600)
        } catch let error as ServerError {
            throw error
        } catch {
            throw ServerError(.configuration, "the tokens in \(path) cannot be written: \(error)")
        }
        cached.withLock { $0.lookedAt = nil }
    }

    /// Waits a second for another command, or for a child that has not let go of what it was born with.
    private static func lock(_ path: String, _ disk: RealDisk) throws -> DiskHandle {
        for _ in 0..<50 {
            do throws(DiskError) { return try disk.lock(path, note: processNote()) } catch {
                guard error.code == .lockHeld else { throw error }
                usleep(20_000)
            }
        }
        return try disk.lock(path, note: processNote())
    }

    /// Whether two secrets are the same, in a time that tells nothing.
    static func isSame(_ left: String, _ right: String) -> Bool { isEqual(hash(left), hash(right)) }

    private static func hash(_ secret: String) -> String {
        Array(secret.utf8).withUnsafeBytes { "\(SHA256Digest(of: $0))" }
    }

    private static func isEqual(_ left: String, _ right: String) -> Bool {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// So many bytes of chance, in the digits of base 32.
    private static func random(_ bytes: Int) -> String {
        let digits = Array("abcdefghijklmnopqrstuvwxyz234567")
        var generator = SystemRandomNumberGenerator()
        let count = (bytes * 8 + 4) / 5
        return String((0..<count).map { _ in digits[Int(generator.next() & 31)] })
    }

    private static func parse(_ line: ArraySlice<UInt8>) throws(ServerError) -> AccessToken {
        let text = String(decoding: line, as: UTF8.self)
        let parts = text.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 6, let created = Int64(parts[3]), parts[4].isEmpty || Int64(parts[4]) != nil else {
            throw ServerError(.configuration, "a line of the tokens' file is none of a token")
        }
        let scopes = parts[2].split(separator: ",").compactMap { AccessScope(rawValue: String($0)) }
        return AccessToken(
            id: parts[0], name: parts[1], scopes: scopes, created: Timestamp(nanoseconds: created),
            expires: Int64(parts[4]).map { Timestamp(nanoseconds: $0) }, hash: parts[5])
    }
}

extension AccessToken {
    fileprivate var line: String {
        let plain = name.replacing("\t", with: " ").replacing("\n", with: " ")
        return [
            id, plain, scopes.map(\.rawValue).joined(separator: ","), "\(created.nanoseconds)",
            expires.map { "\($0.nanoseconds)" } ?? "", hash,
        ].joined(separator: "\t") + "\n"
    }
}
