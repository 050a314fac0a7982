import ArgumentParser

struct Alert: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alert",
        abstract: "Rules over views: check them, replay them, explain what fired.",
        discussion: """
            A rule compares a column of a view with a number, with what it was, or with
            what was expected, and says for how long. Rules are YAML files in DIR/rules;
            those of the documents are built in and off. docs/alerts.md describes the
            language.

              varve alert lint rules.yaml
              varve alert replay rules.yaml --data data --from 2026-01-20
              varve alert enable high_error_rate --data data
              varve alert ls --data data
              varve alert explain high_error_rate-9f86d081884c7d65 --data data
            """,
        subcommands: [
            AlertLint.self, AlertLs.self, AlertShow.self, AlertEnable.self, AlertDisable.self, AlertTest.self,
            AlertReplayCommand.self,
            AlertSweepCommand.self,
            AlertExplain.self, AlertSilence.self, AlertAck.self, AlertResolve.self, AlertSendTest.self,
        ])
}
