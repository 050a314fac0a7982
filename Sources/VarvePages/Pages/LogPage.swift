internal import VarveCharts
internal import VarveEvents
internal import VarveLog

/// `/log`: segments, retention, projectors, and how far it is to a loss.
struct LogPage: Page {
    let title = "Log"
    private static let most = 40

    func asks(_ context: PageContext) -> [Ask] { [] }

    func body(_ context: PageContext, _ answers: PageAnswers, _ events: EventList?, into main: inout Markup) {
        let bytes = context.segments.reduce(UInt64(0)) { $0 + $1.bytes }
        let rows = context.segments.reduce(UInt64(0)) { $0 + $1.rows }
        main.tag("section", ["class": "panel c6"]) { panel in
            panel.tag("h2", text: "The log")
            panel.tag("dl", ["class": "facts"]) { list in
                func fact(_ name: String, _ value: String) {
                    list.tag("div") { item in
                        item.tag("dt", text: name)
                        item.tag("dd", text: value)
                    }
                }
                fact("Events", NumberText.grouped(Double(rows), decimals: 0))
                fact("Durable up to offset", NumberText.grouped(Double(context.durable), decimals: 0))
                fact("Kept from offset", NumberText.grouped(Double(context.retained), decimals: 0))
                fact("Size", ChartUnit.bytes.text(Double(bytes)))
                fact("Bytes an event", rows == 0 ? "–" : NumberText.grouped(Double(bytes) / Double(rows), decimals: 1))
                fact("Segments", "\(context.segments.count)")
                fact("Kept for", "\(context.server.retentionDays) days")
                let damaged = context.segments.reduce(0) { $0 + $1.damaged.count }
                fact("Damaged ranges", "\(damaged)")
            }
            panel.tag("code", ["class": "cmd", "data-copy": ""], text: "varve verify")
        }
        ProjectorsPanel(context: context).html(into: &main)
        faults(context, &main)
        segments(context, &main)
    }

    private func faults(_ context: PageContext, _ main: inout Markup) {
        guard !context.server.backgroundErrors.isEmpty else { return }
        main.tag("section", ["class": "panel"]) { panel in
            panel.tag("h2", text: "Faults behind the answers")
            panel.tag("ul") { list in
                for text in context.server.backgroundErrors.suffix(20) { list.tag("li", text: text) }
            }
        }
    }

    private func segments(_ context: PageContext, _ main: inout Markup) {
        let shown = context.segments.suffix(Self.most).reversed()
        main.tag("section", ["class": "panel"]) { panel in
            panel.tag("h2") { head in
                head.text("Segments ")
                head.tag("small", ["class": "m"], text: "the newest \(shown.count) of \(context.segments.count)")
            }
            panel.tag("div", ["class": "scroll", "role": "region", "tabindex": "0", "aria-label": "Segments, table"]) { scroll in
                scroll.tag("table") { table in
                    table.tag("thead") { head in
                        head.tag("tr") { line in
                            for (name, looks) in [
                                ("State", ""), ("Offsets", ""), ("Events", "n"), ("Size", "n"), ("Appended from", "opt"),
                                ("Content", "opt"),
                            ] {
                                line.tag("th", ["scope": "col", "class": looks], text: name)
                            }
                        }
                    }
                    table.tag("tbody") { body in
                        for segment in shown { line(segment, &body) }
                    }
                }
            }
        }
    }

    private func line(_ segment: SegmentInfo, _ body: inout Markup) {
        body.tag("tr") { line in
            line.tag("td") { cell in
                let status: ChartStatus = segment.damaged.isEmpty ? .ok : .critical
                let word = segment.damaged.isEmpty ? (segment.isSealed ? "sealed" : "active") : "damaged"
                cell.tag("span", ["class": "st", "data-status": status.rawValue], text: word)
            }
            line.tag("th", ["scope": "row"], text: "\(segment.firstOffset) to \(segment.endOffset)")
            line.tag("td", ["class": "n"], text: NumberText.grouped(Double(segment.rows), decimals: 0))
            line.tag("td", ["class": "n"], text: ChartUnit.bytes.text(Double(segment.bytes)))
            line.tag(
                "td", ["class": "opt"], text: segment.observed.map { ClockText.dayAndTime($0.lowerBound.nanoseconds) } ?? "–")
            line.tag("td", ["class": "opt"]) { cell in
                if let hash = segment.contentHash { cell.tag("code", text: String("\(hash)".prefix(16)) + "…") }
            }
        }
    }
}
