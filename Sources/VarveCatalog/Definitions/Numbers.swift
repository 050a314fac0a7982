/// All numbers of the five systems. Shares are fractions and short durations milliseconds, whatever unit the documents use
/// (decision D3).
public enum Numbers {
    /// Every number, in the order of the files.
    public static let all: [DefinedNumber] =
        Flashfusion.all + Alerting.all + Resilience.all + Atomic.all + Vitals.all + Chatbot.all + Monitoring.all
}
