public import VarveEvents

/// The rows of entities.
extension EntityDefinition {
    private var keyNames: [String] { key.map(\.name) }

    private var sums: [EntityAttribute] { attributes.filter { $0.choice == .sum } }

    public var tables: [SequentialTable] {
        let own = [
            "status", "open", "opened", "since", "closed", "seconds_in_status", "seconds_open", "events", "openings",
            "transitions", "late_unapplied",
        ]
        return [
            SequentialTable(
                "entities", keyNames + own + attributes.map(\.name) + sums.map { $0.name + ViewRow.leftOutSuffix }),
            SequentialTable("transitions", keyNames + ["time", "status", "before", "seconds_before", "offset"]),
            SequentialTable("times", keyNames + ["status", "seconds"]),
        ]
    }

    public func span(of entry: EntityEntry) -> (start: Timestamp, end: Timestamp?) {
        let course = entry.course
        return (Timestamp(nanoseconds: course.opened), course.closed.map { Timestamp(nanoseconds: $0) })
    }

    public func rows(of table: String, key: [UInt8], _ entry: EntityEntry, newest: Timestamp) -> [[ViewValue]] {
        guard let id = try? ViewState.dimensionValues(ofKey: key) else { return [] }
        switch table {
        case "transitions": return transitions(entry).map { id + $0 }
        case "times":
            var spent = entry.course
            if spent.isOpen { spent.add(spent.running(newest.nanoseconds), to: spent.status) }
            return spent.spells.map { id + [$0.status, .seconds($0.nanoseconds)] }
        default: return [id + whole(entry, newest.nanoseconds)]
        }
    }

    public func dropped(from table: String, _ entry: EntityEntry) -> (rows: Int64, before: Timestamp)? {
        guard table == "transitions" else { return nil }
        let newest = entry.transitions.newest
        let missing = entry.course.transitions &- Int64(newest.count)
        guard missing > 0 else { return nil }
        return (missing, Timestamp(nanoseconds: newest.first?.time ?? entry.course.since))
    }

    private func whole(_ entry: EntityEntry, _ newest: Int64) -> [ViewValue] {
        let course = entry.course
        var open = course.running(newest)
        for spell in course.spells {
            let (sum, overflow) = open.addingReportingOverflow(spell.nanoseconds)
            open = overflow ? .max : sum
        }
        let left = zip(attributes, entry.attributes).filter { $0.0.choice == .sum }.map { ViewValue.int($0.1.leftOut) }
        return [
            course.status, .bool(course.isOpen), .time(Timestamp(nanoseconds: course.opened)),
            .time(Timestamp(nanoseconds: course.since)), course.closed.map { .time(Timestamp(nanoseconds: $0)) } ?? .null,
            course.isOpen ? .seconds(course.running(newest)) : .null, .seconds(open), .int(entry.events),
            .int(course.openings), .int(course.transitions), .int(entry.unapplied),
        ] + entry.attributes.map(\.value) + left
    }

    private func transitions(_ entry: EntityEntry) -> [[ViewValue]] {
        let (known, newest) = entry.transitions
        var before = known
        return newest.map { transition in
            defer { before = (transition.status, transition.time) }
            return [
                .time(Timestamp(nanoseconds: transition.time)), transition.status, before?.status ?? .null,
                before.map { .seconds(EntityCourse.elapsed($0.since, transition.time)) } ?? .null,
                .int(Int64(clamping: transition.offset)),
            ]
        }
    }
}

extension ViewValue {
    /// A duration in seconds, to the microsecond.
    static func seconds(_ nanoseconds: Int64) -> ViewValue {
        .decimal(micros: Int128(nanoseconds / 1_000))
    }
}
