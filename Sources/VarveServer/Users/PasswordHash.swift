internal import CSodium

/// Argon2id by libsodium, with its interactive parameters: 64 MiB and two passes.
enum PasswordHash {
    private static let isThere = sodium_init() >= 0
    /// Of nobody's password: what is checked for a name that nobody has takes as long as for one that somebody has.
    static let ofNobody = make(AccessSecret.random(bytes: 32)) ?? ""

    /// Parameters, salt and hash as one text; nil when there is no memory for it.
    static func make(_ password: String) -> String? {
        guard isThere else { return nil }
        var text = [CChar](repeating: 0, count: crypto_pwhash_strbytes())
        let code = crypto_pwhash_str_alg(
            &text, password, UInt64(password.utf8.count), UInt64(crypto_pwhash_opslimit_interactive()),
            crypto_pwhash_memlimit_interactive(), crypto_pwhash_alg_argon2id13())
        guard code == 0 else { return nil }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Whether `hash` is that of the password.
    static func verify(_ password: String, _ hash: String) -> Bool {
        guard isThere else { return false }
        return crypto_pwhash_str_verify(hash, password, UInt64(password.utf8.count)) == 0
    }
}
