/// All numbers of the five systems. Shares are fractions and short times milliseconds, whatever the documents write (decision
/// D3).
public enum Numbers {
    /// Every number, grouped as the files are.
    public static let all: [DefinedNumber] =
        Flashfusion.all + Alerting.all + Resilience.all + Atomic.all + Vitals.all + Chatbot.all + Monitoring.all
}
