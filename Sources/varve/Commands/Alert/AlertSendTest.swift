import ArgumentParser
import Foundation
import VarveAlerts
import VarveEvents
import VarveOutbound
import VarveWire

struct AlertSendTest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send-test", abstract: "Send a test message to a channel, once.",
        discussion: """
            The message is one of a firing alert, marked as a test. Nothing is recorded, and
            nothing is tried again. The channels are those of the settings (channels in
            varve.yaml).

              varve alert send-test slack --data data
              varve alert send-test pagerduty --data data --resolved --json

            Exit codes: 0 it was taken, 1 it was not, 78 there is no such channel.
            """)

    @Argument(help: "The channel's name.") var channel: String
    @OptionGroup var data: DataOption
    @OptionGroup var settings: ConfigOption
    @Flag(help: "A message of an alert that is over.") var resolved = false
    @Flag(help: "One JSON object.") var json = false

    func run() async throws {
        let options = try Configuration.load(settings.config, at: data.path).alerts().delivery
        guard let found = options.channels.first(where: { $0.name == channel }) ?? (channel == "console" ? .console : nil) else {
            let names = options.channels.map(\.name) + ["console"]
            throw CommandFailure(
                .configuration, "there is no channel '\(channel)'", next: "there are: \(names.joined(separator: ", "))")
        }
        let now = AlertCommands.now
        let notice = AlertNotice.test(isResolved: resolved, dashboard: options.dashboard, at: now)
        let outcome = await Channel(found, options.addresses).deliver(notice, key: "test-\(now.nanoseconds)", now: now)
        var line = JSONLine()
        line.field("channel", channel)
        let isDelivered = outcome == .delivered
        switch outcome {
        case .delivered: line.field("outcome", "delivered")
        case .retry(_, let cause, let why):
            line.field("outcome", "retry")
            line.field("cause", cause.rawValue)
            line.field("reason", why)
        case .refused(let cause, let why):
            line.field("outcome", "refused")
            line.field("cause", cause.rawValue)
            line.field("reason", why)
        }
        if json {
            try Output.standard.line(line.text)
        } else if isDelivered {
            try Output.standard.line("delivered")
        } else {
            Output.error("error: not delivered: \(Self.reason(outcome))\n")
        }
        try Output.standard.flush()
        if !isDelivered { throw ExitStatus.failure.exitCode }
    }

    private static func reason(_ outcome: DeliveryOutcome) -> String {
        switch outcome {
        case .delivered: ""
        case .retry(_, let cause, let why), .refused(let cause, let why): "\(cause.rawValue), \(why)"
        }
    }
}
