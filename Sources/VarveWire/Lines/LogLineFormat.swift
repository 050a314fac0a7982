/// The line format of an access log, as in a server's configuration.
public enum LogLineFormat {
    /// Why `text` is not a valid format; nil if it is.
    public static func problem(_ text: String) -> String? {
        do throws(LogFormatReader.Fault) {
            _ = try LogFormatReader(text)
            return nil
        } catch {
            return error.message
        }
    }
}
