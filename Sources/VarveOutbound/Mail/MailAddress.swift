/// An address of mail as envelopes and headers may have it: nothing in it ends a line or begins another field.
public enum MailAddress {
    public static func isOne(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, text.utf8.count <= 254, text.utf8.first != 0x2D else {
            return false
        }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            default: "!#$%&'*+-/=?^_`{|}~.@".utf8.contains(byte)
            }
        }
    }
}
