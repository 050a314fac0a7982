/// The format of an access log's lines, as a server's configuration has it.
public enum LogLineFormat {
    /// Why `text` is none that can be read; nil when it is.
    public static func problem(_ text: String) -> String? {
        do throws(LogFormatReader.Fault) {
            _ = try LogFormatReader(text)
            return nil
        } catch {
            return error.message
        }
    }
}
