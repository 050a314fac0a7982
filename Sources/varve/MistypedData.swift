import VarveEvents

/// Recognises `--dat` for `--data`: the parser would only report a missing data directory.
enum MistypedData {
    /// Options with similar names and another meaning.
    private static let others: Set<Substring> = ["--data", "--at", "--days"]

    /// The failure to report instead of `error`; nil if nothing is mistyped, or the command had already begun.
    static func failure(_ arguments: some Sequence<String>, _ error: any Error) -> CommandFailure? {
        guard CommandFailure(error) == nil else { return nil }
        let options = arguments.prefix { $0 != "--" }.filter { $0.hasPrefix("-") }.map { $0.prefix { $0 != "=" } }
        guard !options.contains("--data") else { return nil }
        let near = options.first { !others.contains($0) && $0.count > 3 && NearNames.distance(String($0), "--data") <= 2 }
        return near.map { CommandFailure(.usage, "there is no option '\($0)'", next: "did you mean --data?") }
    }
}
