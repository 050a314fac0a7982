internal import VarveCharts
internal import VarveEvents

/// Range, shift, comparison, and the time machine.
struct TimeBar {
    let context: PageContext
    private var state: PageState { context.state }
    private var range: PageRange { context.range }

    func html(into body: inout Markup) {
        body.tag("section", ["class": "time", "aria-label": "Time"]) { bar in
            ranges(&bar)
            shifts(&bar)
            fixed(&bar)
            let compares = context.compares
            bar.tag(
                "a",
                [
                    "class": "btn sm opt", "href": state.setting(["compare": compares ? "none" : nil]).link,
                    "data-compare": "", "aria-label": "Compare with \(range.previousName): \(compares ? "on" : "off")",
                ], text: compares ? "Compared with \(range.previousName)" : "Compare")
            if context.durable > 0 { machine(&bar) }
        }
    }

    private func ranges(_ bar: inout Markup) {
        bar.tag("div", ["class": "seg", "role": "group", "aria-label": "Range"]) { group in
            for offer in PageRange.offered {
                let isHere = range.offered == offer.name
                group.tag(
                    "a",
                    [
                        "href": state.setting(["from": offer.name, "to": nil, "bucket": nil]).link,
                        "aria-current": isHere ? "true" : nil, "data-range": offer.label,
                    ], text: offer.label)
            }
        }
    }

    private func shifts(_ bar: inout Markup) {
        let length = range.to.nanoseconds - range.from.nanoseconds
        func shifted(_ by: Int64) -> String {
            let (from, to) = (range.from.nanoseconds &+ by, range.to.nanoseconds &+ by)
            return state.setting(["from": ClockText.iso(from), "to": ClockText.iso(to)]).link
        }
        bar.tag("div", ["class": "seg", "role": "group", "aria-label": "Shift"]) { group in
            group.tag("a", ["href": shifted(-length), "aria-label": "One range earlier", "data-shift": "-1"], text: "‹")
            group.tag("a", ["href": shifted(length), "aria-label": "One range later", "data-shift": "1"], text: "›")
            let (from, to) = (range.from.nanoseconds &- length / 2, range.to.nanoseconds &+ length / 2)
            group.tag(
                "a",
                [
                    "href": state.setting(["from": ClockText.iso(from), "to": ClockText.iso(to)]).link,
                    "aria-label": "Zoom out to twice the range", "data-out": "",
                ], text: "−")
        }
    }

    /// The range in words; opened, two moments to paste.
    private func fixed(_ bar: inout Markup) {
        bar.tag("details", ["class": "abs"]) { details in
            details.tag("summary") { line in
                line.text(rangeText + " ")
                line.tag("b", text: "UTC")
            }
            details.tag("form", ["method": "get", "action": state.path, "class": "absf"]) { form in
                HiddenInputs.write(state, except: ["from", "to"], into: &form)
                for (name, label, time) in [("from", "From, UTC", range.from), ("to", "To, UTC", range.to)] {
                    form.tag("div") { field in
                        field.tag("label", ["for": "abs-\(name)"], text: label)
                        field.void(
                            "input",
                            [
                                "id": "abs-\(name)", "name": name, "value": state.first(name) ?? BucketText.iso(time),
                                "autocomplete": "off", "spellcheck": "false", "size": "22",
                            ])
                    }
                }
                form.tag("button", ["class": "p"], text: "Show")
            }
        }
    }

    private var rangeText: String {
        let (from, to) = (range.from.nanoseconds, range.to.nanoseconds)
        let (a, b) = (ClockText.parts(from), ClockText.parts(to))
        let year = ClockText.parts(context.server.clock.nanoseconds).year
        let tail = b.year == year ? "" : " \(b.year)"
        if a.year == b.year, a.month == b.month, a.day == b.day {
            return "\(ClockText.dayAndTime(from)) to \(ClockText.time(to))\(tail)"
        }
        return "\(ClockText.dayAndTime(from)) to \(ClockText.dayAndTime(to))\(tail)"
    }

    // MARK: The past

    private func machine(_ bar: inout Markup) {
        let (first, end) = (context.retained, context.durable)
        bar.tag("form", ["class": "dvr", "method": "get", "action": state.path]) { form in
            HiddenInputs.write(state, except: ["at"], into: &form)
            let known = context.appended.map { ClockText.time($0.nanoseconds) } ?? ""
            form.tag("label", ["for": "at"]) { label in
                label.tag("b", text: "Time machine")
                label.tag("span", ["data-at": ""], text: context.isPast ? " at \(known)" : " now \(known)")
            }
            form.tag("div", ["class": "tr chart"]) { track in
                strip(&track)
                track.void(
                    "input",
                    [
                        "type": "range", "id": "at", "name": "at", "min": "\(first)", "max": "\(end)",
                        "value": "\(context.offset)", "aria-valuetext": "\(known) UTC, offset \(context.offset)",
                    ])
            }
            form.tag("div", ["class": "b"]) { buttons in
                buttons.tag("button", ["class": "sm"], text: "Go there")
                if context.offset > first {
                    let before = state.setting(["at": "\(context.offset - 1)"]).link
                    buttons.tag("a", ["class": "btn sm", "href": before, "data-event": "-1"], text: "‹ event")
                }
                if context.isPast, context.offset < end {
                    let after = state.setting(["at": "\(context.offset + 1)"]).link
                    buttons.tag("a", ["class": "btn sm", "href": after, "data-event": "1"], text: "event ›")
                    buttons.tag("button", ["class": "sm js", "type": "button", "data-play": ""], text: "Play")
                }
            }
        }
    }

    /// The log by offsets, with the borders of its segments and when they began.
    private func strip(_ track: inout Markup) {
        let (first, end) = (Double(context.retained), Double(max(context.durable, context.retained + 1)))
        func share(_ offset: UInt64) -> Double { min(1, max(0, (Double(offset) - first) / (end - first))) }
        track.tag("svg", ["height": "40", "aria-hidden": "true"]) { svg in
            svg.tag("g", ["class": "plot"]) { group in
                group.shape("rect", ["class": "fos", "y": "9", "width": "100%", "height": "6"])
                group.shape("rect", ["class": "fo", "y": "11", "width": NumberText.share(share(context.offset)), "height": "2"])
                if let alerts = context.alerts {
                    let stretches = TimeStripAlerts.stretches(alerts.said, end: context.offset)
                    TimeStripAlerts.svg(stretches, share, into: &group)
                }
                var labelled = -1.0
                var lastText = ""
                for hour in context.hours {
                    let x = share(hour.first)
                    if hour.first > context.retained {
                        group.shape("rect", ["class": "fl", "x": NumberText.share(x), "y": "5", "width": "1", "height": "14"])
                    }
                    guard let time = hour.time, x - labelled > 0.13, x < 0.93 else { continue }
                    let text = ClockText.dayAndTime(time.nanoseconds)
                    guard text != lastText else { continue }
                    let level = labelled < 0 ? "t1" : "t2"
                    group.tag(
                        "text",
                        ["class": level, "x": NumberText.share(x), "y": "38", "text-anchor": x < 0.04 ? "start" : "middle"],
                        text: text)
                    (labelled, lastText) = (x, text)
                }
            }
        }
    }
}

/// The parameters of an address that a form does not have a field for: with them, sending it keeps the rest of the page.
enum HiddenInputs {
    static func write(_ state: PageState, except names: Set<String>, into form: inout Markup) {
        for item in state.items where !names.contains(item.name) && !item.value.isEmpty {
            form.void("input", ["type": "hidden", "name": item.name, "value": item.value])
        }
    }
}

extension PageContext {
    /// Whether charts and numbers are compared with the range before.
    var compares: Bool { state.first("compare") != "none" }
}
