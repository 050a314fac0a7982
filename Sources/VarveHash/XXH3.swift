// XXH3, a fast non-cryptographic hash: 64 bits to detect damage, 128 bits to identify ids. The output of libxxhash is frozen
// since its version 0.8.0, so the values may be stored.
//
// Source: https://github.com/Cyan4973/xxHash (doc/xxhash_spec.md).

internal import CXXHash

/// XXH3 with a 64-bit result.
public enum XXH3 {
    /// The hash of `bytes`. O(n), about 10 GB/s.
    public static func hash64(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        guard let base = bytes.baseAddress else { return XXH3_64bits("", 0) }
        return XXH3_64bits(base, bytes.count)
    }

    /// The hash of `bytes`, started from `seed` instead of zero.
    public static func hash64(_ bytes: UnsafeRawBufferPointer, seed: UInt64) -> UInt64 {
        guard let base = bytes.baseAddress else { return XXH3_64bits_withSeed("", 0, seed) }
        return XXH3_64bits_withSeed(base, bytes.count, seed)
    }

    /// The hash of the UTF-8 bytes of `text`.
    public static func hash64(_ text: String) -> UInt64 {
        var text = text
        return text.withUTF8 { hash64(UnsafeRawBufferPointer($0)) }
    }

    /// The 128-bit hash of `bytes`, used as an identity: the chance that any two of a billion ids collide is 10⁻²⁰.
    public static func hash128(_ bytes: UnsafeRawBufferPointer) -> Hash128 {
        guard let base = bytes.baseAddress else { return Hash128(XXH3_128bits("", 0)) }
        return Hash128(XXH3_128bits(base, bytes.count))
    }
}
