internal import Foundation

/// `Sun, 06 Nov 1994 08:49:37 GMT`.
enum HTTPDate {
    private static func formatter(_ format: String) -> DateFormatter {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "GMT")
        formatter.dateFormat = format
        return formatter
    }

    /// Seconds since 1970.
    static func seconds(_ text: String) -> Double? {
        formatter("EEE, dd MMM yyyy HH:mm:ss 'GMT'").date(from: text)?.timeIntervalSince1970
    }

    /// As mail writes it.
    static func mail(_ seconds: Double) -> String {
        formatter("EEE, dd MMM yyyy HH:mm:ss").string(from: Date(timeIntervalSince1970: seconds)) + " +0000"
    }
}
