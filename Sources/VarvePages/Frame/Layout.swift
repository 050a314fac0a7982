internal import VarveAlerts
internal import VarveCharts
internal import VarveEvents
internal import VarveViews

/// What is around every page: navigation, header, time, summary, footer.
struct Layout {
    let context: PageContext
    var state: PageState { context.state }

    func html(_ page: any Page, _ answers: PageAnswers, _ events: EventList?) -> String {
        let say = context.isEmpty ? nil : page.say(context, answers)
        return document(title: page.title, status: say?.status) { body in
            header(page.title, &body)
            TimeBar(context: context).html(into: &body)
            body.tag("main", ["id": "main", "tabindex": "-1"]) { main in
                RefusedForm(context: context).html(into: &main)
                if context.isEmpty, !(page is SettingsPage) {
                    FirstEvent(context: context).html(into: &main)
                } else {
                    if let say { summary(say, &main) }
                    page.body(context, answers, events, into: &main)
                }
            }
            footer(&body)
        }
    }

    /// - Parameter status: Of what the page is about, for its title; nil for a page without.
    func document(title: String, status: ChartStatus? = nil, _ body: (inout Markup) -> Void) -> String {
        var html = Markup()
        let theme = state.first("theme").flatMap { ChartTheme(rawValue: $0) }
        html.doctype()
        html.tag("html", ["lang": "en", "data-theme": theme?.rawValue]) { html in
            html.tag("head") { head in
                head.void("meta", ["charset": "utf-8"])
                head.void("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
                head.void("meta", ["name": "color-scheme", "content": "light dark"])
                head.void("meta", ["name": "varve-offset", "content": "\(context.offset)"])
                head.void("meta", ["name": "varve-range", "content": rangeText])
                head.tag("title", text: windowTitle(title, status))
                head.void("link", ["rel": "icon", "href": PageAssets.icon.path, "type": "image/svg+xml"])
                head.void("link", ["rel": "stylesheet", "href": PageAssets.style.path])
                head.tag("script", ["type": "module", "src": PageAssets.script.path]) { _ in }
            }
            html.line()
            html.tag("body", ["class": context.isPast ? "past" : nil]) { inner in
                inner.tag("a", ["class": "skip", "href": "#main"], text: "Skip to content")
                inner.tag("svg", ["class": "defs", "aria-hidden": "true"]) { $0.tag("defs") { Chart.hatch(&$0) } }
                navigation(&inner)
                inner.tag("div", ["class": "page"]) { page in
                    pastBar(&page)
                    body(&page)
                }
            }
        }
        html.line()
        return html.text
    }

    private var rangeText: String { "\(BucketText.iso(context.range.from))/\(BucketText.iso(context.range.to))" }

    private func windowTitle(_ title: String, _ status: ChartStatus?) -> String {
        let past = context.isPast ? "Past \(context.appended.map { ClockText.time($0.nanoseconds) } ?? "") UTC: " : ""
        let sign = status.map { $0 == .ok ? "" : $0.sign + " " } ?? ""
        return "\(past)\(sign)\(title) · Varve"
    }

    private func navigation(_ body: inout Markup) {
        body.tag("nav", ["id": "nav", "class": "rail", "popover": "auto", "aria-label": "Pages"]) { nav in
            nav.tag("a", ["class": "brand", "href": state.page("/").link]) { brand in
                Self.mark(&brand)
                brand.text("Varve")
            }
            let entries = PageIndex.entries.filter { context.shows($0.path) }
            var group = ""
            for entry in entries where entry.group != group {
                group = entry.group
                nav.tag("h2", text: group)
                nav.tag("ul") { list in
                    for entry in entries where entry.group == group {
                        let isHere = state.path == entry.path || (entry.path != "/" && state.path.hasPrefix(entry.path + "/"))
                        list.tag("li") {
                            $0.tag(
                                "a",
                                [
                                    "href": state.page(entry.path).link, "aria-current": isHere ? "page" : nil,
                                    "data-go": entry.key,
                                ]
                            ) { link in
                                link.text(entry.title)
                                if entry.path == "/alerts" { count(&link) }
                            }
                        }
                    }
                }
            }
            // Who has logged in can change the password there, and log out.
            if context.sources.formToken != nil {
                nav.tag("ul") { list in list.tag("li") { $0.tag("a", ["href": "/account"], text: "Account") } }
            }
        }
    }

    /// How many alerts fire, beside the page that has them.
    private func count(_ link: inout Markup) {
        guard let firing = context.alerts?.firing, !firing.isEmpty else { return }
        let isBad = firing.contains { $0.severity == .critical }
        link.tag("span", ["class": isBad ? "c x" : "c"]) { count in
            count.tag("span", ["class": "vh"], text: "firing: ")
            count.text("\(firing.count)")
        }
    }

    private static func mark(_ brand: inout Markup) {
        brand.tag("svg", ["width": "18", "height": "18", "viewBox": "0 0 18 18", "aria-hidden": "true"]) { svg in
            svg.shape("path", ["class": "f1", "d": "M1 3h16v3H1z"])
            svg.shape("path", ["class": "fi", "d": "M1 8h16v1.5H1z"])
            svg.shape("path", ["class": "f1", "d": "M1 11.5h16v2H1z", "opacity": ".7"])
            svg.shape("path", ["class": "fi", "d": "M1 15.5h16V17H1z"])
        }
    }

    func header(_ title: String, _ body: inout Markup) {
        body.tag("header", ["class": "top"]) { top in
            top.tag("button", ["class": "menu", "popovertarget": "nav", "type": "button"], text: "Menu")
            top.tag("h1", text: title)
            top.tag("span", ["class": "sp"]) { _ in }
            live(&top)
            let dark = state.first("theme") == "dark"
            top.tag(
                "a", ["class": "btn sm", "href": state.setting(["theme": dark ? "light" : "dark"]).link, "data-theme-link": ""],
                text: dark ? "Light" : "Dark")
            top.tag("button", ["class": "sm js opt", "type": "button", "data-keys": ""]) { button in
                button.text("Keys ")
                button.tag("kbd", text: "?")
            }
        }
    }

    /// How fresh the page is: in the past, or how old the newest event is.
    private func live(_ top: inout Markup) {
        if context.isPast {
            top.tag("span", ["class": "live", "data-live": "past", "role": "status"], text: "past, not live")
            return
        }
        let age = context.server.clock.nanoseconds - context.range.now.nanoseconds
        let isStale = context.isEmpty || age > 300_000_000_000
        let text = context.isEmpty ? "no event yet" : "newest event \(ClockText.length(max(0, age))) ago"
        top.tag("span", ["class": "live", "data-live": isStale ? "stale" : "on"]) { live in
            live.tag("span", ["class": "w"], text: text)
        }
        // Told aloud when the state changes; the age of an event changes all the time.
        top.tag("span", ["class": "vh ls", "role": "status"]) { _ in }
        top.tag("button", ["class": "sm js", "type": "button", "data-pause": "", "aria-pressed": "false"], text: "Pause")
    }

    private func pastBar(_ page: inout Markup) {
        guard context.isPast else { return }
        page.tag("div", ["class": "pastbar", "role": "status"]) { bar in
            bar.tag("p") { text in
                let known = context.appended.map { time in
                    "\(ClockText.timeWithSeconds(time.nanoseconds)) UTC, \(ClockText.day(time.nanoseconds))"
                }
                text.tag("b", text: "The past, as known at \(known ?? "the beginning"), offset \(grouped(context.offset)).")
                let later = context.durable - min(context.durable, context.offset)
                text.text(" \(grouped(later)) events came later; ")
                text.text("none of them is on this page.")
            }
            bar.tag("a", ["href": state.setting(["at": nil]).link, "data-now": ""], text: "Return to now")
        }
    }

    private func grouped(_ value: UInt64) -> String { NumberText.grouped(Double(value), decimals: 0) }

    private func summary(_ say: Say, _ main: inout Markup) {
        main.tag("section", ["class": "say", "data-status": say.status.rawValue, "aria-label": "Summary"]) { section in
            section.tag("p") { line in
                line.tag("span", ["class": "st", "data-status": say.status.rawValue], text: say.lead)
                line.add(say.sentence)
            }
            guard !say.counts.isEmpty else { return }
            section.tag("ul") { list in
                for count in say.counts {
                    list.tag("li") {
                        $0.tag("span", ["class": "st", "data-status": count.status.rawValue], text: count.text)
                    }
                }
            }
        }
    }

    private func footer(_ body: inout Markup) {
        body.tag("footer", ["class": "foot"]) { foot in
            func item(_ text: String) { foot.tag("span", text: text) }
            item("Offset \(grouped(context.offset)) of \(grouped(context.durable)), all of it durable")
            if let main = context.projectors.first(where: { $0.name == context.projector }) {
                item("Projector \(grouped(main.lagEvents)) events behind, \(main.state.rawValue)")
            } else {
                item("No projector keeps views; they are read from the log")
            }
            item("Events kept from offset \(grouped(context.retained))")
            item("Times in UTC")
            let pinned = state.setting([
                "at": "\(context.offset)", "from": BucketText.iso(context.range.from), "to": BucketText.iso(context.range.to),
            ])
            foot.tag("a", ["href": pinned.link], text: "Link to this moment")
        }
    }
}
