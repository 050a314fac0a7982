import VarveDisk

/// A progress line on standard error: only on a terminal, and only after the command has run for a second.
struct Progress {
    private let enabled = ByteSink.standardError.isTerminal
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private var last: ContinuousClock.Instant
    private var shown = false

    init() {
        start = clock.now
        last = start
    }

    var seconds: Double { (clock.now - start).seconds }

    mutating func update(_ text: @autoclosure () -> String) {
        guard enabled else { return }
        let now = clock.now
        guard now - start >= .seconds(1), now - last >= .milliseconds(200) else { return }
        last = now
        shown = true
        Self.raw("\u{0D}\u{1B}[K" + SafeText.escape(text()))
    }

    /// Erases the line.
    mutating func clear() {
        if shown { Self.raw("\u{0D}\u{1B}[K") }
        shown = false
    }

    private static func raw(_ text: String) {
        Array(text.utf8).withUnsafeBytes { try? ByteSink.standardError.write($0) }
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
