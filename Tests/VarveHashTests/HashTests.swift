import Testing
import VarveHash

@Test func `XXH3 gives the published values`() {
    // From the sanity checks of the xxHash repository: the empty input, seed 0.
    #expect(XXH3.hash64(UnsafeRawBufferPointer(start: nil, count: 0)) == 0x2D06_8005_38D3_94C2)
    let empty = XXH3.hash128(UnsafeRawBufferPointer(start: nil, count: 0))
    #expect(empty == Hash128(high: 0x99AA_06D3_0147_98D8, low: 0x6001_C324_468D_497F))
}

@Test func `SHA-256 gives the published value, whole and in pieces`() {
    let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    var hasher = SHA256Hasher()
    hasher.update(Array("a".utf8))
    hasher.update(Array("bc".utf8))
    #expect(hasher.finalize().description == expected)
    #expect(Array("abc".utf8).withUnsafeBytes { SHA256Digest(of: $0) }.description == expected)
    #expect(SHA256Digest(hex: expected)?.description == expected)
    #expect(SHA256Digest(hex: String(expected.dropLast())) == nil)
}
