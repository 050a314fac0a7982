// Incremental SHA-256 with OpenSSL's libcrypto, which uses the processor's SHA instructions and costs no build time.

internal import CCrypto

/// Incremental SHA-256. A value type: a copy continues independently.
public struct SHA256Hasher {
    private var context: DigestContext

    public init() {
        context = DigestContext()
        guard EVP_DigestInit_ex(context.pointer, EVP_sha256(), nil) == 1 else {
            preconditionFailure("libcrypto has no SHA-256")
        }
    }

    /// Hashes `data` after what was hashed so far.
    public mutating func update(_ data: UnsafeRawBufferPointer) {
        if !isKnownUniquelyReferenced(&context) { context = DigestContext(copying: context) }
        guard EVP_DigestUpdate(context.pointer, data.baseAddress, data.count) == 1 else {
            preconditionFailure("libcrypto refused \(data.count) bytes")
        }
    }

    /// Hashes `bytes` after what was hashed so far.
    public mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }

    /// The digest of everything added. Consumes the hasher.
    public consuming func finalize() -> SHA256Digest {
        if !isKnownUniquelyReferenced(&context) { context = DigestContext(copying: context) }
        let bytes = [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            var written: UInt32 = 0
            guard EVP_DigestFinal_ex(context.pointer, buffer.baseAddress, &written) == 1 else { return }
            count = Int(written)
        }
        guard let digest = SHA256Digest(bytes: bytes) else { preconditionFailure("SHA-256 yields 32 bytes") }
        return digest
    }
}

/// A libcrypto digest context.
private final class DigestContext {
    let pointer: OpaquePointer

    init() {
        guard let made = EVP_MD_CTX_new() else { preconditionFailure("no memory for a digest") }
        pointer = made
    }

    convenience init(copying other: DigestContext) {
        self.init()
        guard EVP_MD_CTX_copy_ex(pointer, other.pointer) == 1 else { preconditionFailure("no memory for a digest") }
    }

    deinit { EVP_MD_CTX_free(pointer) }
}
