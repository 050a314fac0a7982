internal import VarveCharts

/// An empty log: how the first event gets into it.
struct FirstEvent {
    let context: PageContext

    func html(into main: inout Markup) {
        main.tag("section", ["class": "panel"]) { panel in
            panel.tag("h2", text: context.isPast ? "Nothing had been appended by then" : "No event has arrived yet")
            panel.tag("div", ["class": "empty"]) { box in
                guard !context.isPast else {
                    box.tag("p", text: "This is the log before its first event.")
                    return
                }
                box.tag("p") { line in
                    line.tag("b", text: "Send the first one. ")
                    line.text("An event is a line of JSON with a time and a signal; everything else is up to you.")
                }
                command(
                    "curl -d '{\"time\":\"\(BucketText.iso(context.server.clock))\",\"signal\":\"hello\",\"component\":\"me\"}' "
                        + "\(context.server.address)/api/v1/events", &box)
                box.tag("p", text: "A month of made-up traffic, to look around:")
                command(
                    "varve generate --events 100000 --system all | curl --data-binary @- \(context.server.address)/api/v1/events",
                    &box)
                box.tag("p", ["class": "m"], text: "This page shows it as soon as it is there.")
            }
        }
    }

    private func command(_ text: String, _ box: inout Markup) {
        box.tag("code", ["class": "cmd", "data-copy": ""], text: text)
    }
}
