internal import VarveAlerts
internal import VarveCharts
internal import VarveEvents

/// Stretches of the log in which an alert fired, by offsets: amber for a warning, red and higher for a critical one. Of the past,
/// those that were said by then.
struct TimeStripAlerts {
    struct Stretch: Equatable {
        var start: UInt64
        var end: UInt64
        var isCritical: Bool
    }

    /// How many are drawn: the newest.
    private static let most = 120

    /// - Parameter end: Where one ends that goes on.
    static func stretches(_ said: [SaidChange], end: UInt64) -> [Stretch] {
        var all: [Stretch] = []
        var open: [String: (start: UInt64, isCritical: Bool)] = [:]
        for change in said {
            let key = "\(change.alertID)|\(change.severity.rawValue)"
            switch change.change.kind {
            case .firing, .noData:
                if open[key] == nil { open[key] = (change.offset.value, change.severity == .critical) }
            case .resolved, .cancelled:
                guard let began = open.removeValue(forKey: key), change.offset.value >= began.start else { continue }
                all.append(Stretch(start: began.start, end: change.offset.value, isCritical: began.isCritical))
            case .pending, .dataBack: continue
            }
        }
        for began in open.values where began.start <= end {
            all.append(Stretch(start: began.start, end: end, isCritical: began.isCritical))
        }
        // Critical ones are drawn last, above the others.
        return all.sorted { ($0.isCritical ? 1 : 0, $0.start, $0.end) < ($1.isCritical ? 1 : 0, $1.start, $1.end) }.suffix(most)
    }

    /// - Parameter share: Where an offset lies, 0 to 1.
    static func svg(_ stretches: [Stretch], _ share: (UInt64) -> Double, into group: inout Markup) {
        for stretch in stretches {
            let (from, to) = (share(stretch.start), share(stretch.end))
            group.shape(
                "rect",
                [
                    "class": stretch.isCritical ? "fc" : "fw", "x": NumberText.share(min(from, 0.996)),
                    "y": stretch.isCritical ? "3" : "6", "width": NumberText.share(max(0.004, to - from)),
                    "height": stretch.isCritical ? "18" : "12",
                ])
        }
    }
}
