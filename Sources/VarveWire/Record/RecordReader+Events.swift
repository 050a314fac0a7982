internal import VarveEvents

/// Assigns the members of a record to events.
extension RecordReader {
    /// The state while a record's members are walked.
    struct Gathering {
        /// The position of the kind, which is not a field.
        var kind = 0
        /// The member that contains the events; it is not one of their fields.
        var skips: [UInt8] = []
        var skipped = 0
        var time = 0
        var timeRank = Int.max
        var problem: Problem?

        init(kind: Int) {
            self.kind = kind
        }
    }

    /// Assigns the members of the object at `index` to the fields of `row`. Nested objects are followed a few levels down, if
    /// the shape allows it.
    mutating func gather(
        _ tape: JSONTape, _ index: Int, _ prefix: String, _ depth: Int, _ row: inout FoundRow, _ gathering: inout Gathering
    ) {
        var at = index + 1
        let end = tape.after(index) - 1
        while at < end {
            let key = at
            let value = at + 1
            at = tape.after(value)
            let type = tape.type(value)
            if type == Tag.null || value == gathering.kind { continue }
            if !gathering.skips.isEmpty, prefix.isEmpty, plainName(tape.string(key)) == gathering.skips {
                gathering.skipped = value
                continue
            }
            switch target(tape, key, prefix, row) {
            case .field where type == Tag.object && depth < 4 && opensAsPrefix(tape, key, prefix, row):
                // A name with nested fields: `rule` and `rule.id`.
                let name = String(decoding: plainName(tape.string(key)), as: UTF8.self) + "."
                gather(tape, value, prefix + name, depth + 1, &row, &gathering)
            case .field(let number, let conversion):
                if number == mapping.shapes[row.shape].rows[row.row].thing {
                    setThing(tape, key, FoundValue(place: value, conversion: conversion), number, &row)
                } else {
                    row.values[number] = FoundValue(place: value, conversion: conversion)
                }
            case .time(let rank):
                if rank < gathering.timeRank {
                    gathering.timeRank = rank
                    gathering.time = value
                }
            case .open where type == Tag.object && depth < 4:
                gather(tape, value, prefix, depth + 1, &row, &gathering)
            case .prefix(let name) where type == Tag.object && depth < 4:
                gather(tape, value, prefix + name, depth + 1, &row, &gathering)
            case .ignored:
                let name = String(decoding: tape.string(key).prefix(EventLimits.nameBytes), as: UTF8.self)
                let isNoted = leftOut[name] != nil || leftOut.count < WireLimits.notedNames
                leftOut[isNoted ? name : "(other keys)", default: 0] += 1
            case .unknown, .open, .prefix:
                row.unknown.append(FoundUnknown(key: key, prefix: prefix, value: value))
            }
        }
    }

    /// If a record has the id of its thing under its own name, and also a member `id`, it is one of many events of that thing:
    /// the `id` is the event's.
    private func setThing(_ tape: JSONTape, _ key: Int, _ value: FoundValue, _ number: Int, _ row: inout FoundRow) {
        let id = mapping.shapes[row.shape].rows[row.row].id
        let isBare = plainName(tape.string(key)) == Array("id".utf8)
        let known = row.values[number]
        if isBare { row.bareID = value.place }
        guard known.place != 0, row.bareID != 0 else {
            row.values[number] = value
            return
        }
        if !isBare { row.values[number] = value }
        let other = isBare ? known.place : value.place
        let isSame =
            tape.type(other) == Tag.string && tape.type(row.bareID) == Tag.string
            && tape.string(other).elementsEqual(tape.string(row.bareID))
        if !isSame { row.values[id] = FoundValue(place: row.bareID) }
    }

    private func opensAsPrefix(_ tape: JSONTape, _ key: Int, _ prefix: String, _ row: FoundRow) -> Bool {
        let name = prefix + String(decoding: plainName(tape.string(key)), as: UTF8.self)
        return mapping.shapes[row.shape].rows[row.row].prefixes.contains(name)
    }

    mutating func findEach(
        _ tape: JSONTape, _ base: FoundRow, _ shared: Gathering, _ found: inout [FoundRow]
    ) -> Problem? {
        let list = shared.skipped
        guard list != 0, tape.type(list) == Tag.array || tape.type(list) == Tag.object else {
            return Problem(.wrongType, "the record's list of events is missing, or is none")
        }
        var at = list + 1
        while at < tape.after(list) - 1 {
            let element = tape.type(list) == Tag.object ? at + 1 : at
            at = tape.after(element)
            guard tape.type(element) == Tag.object else {
                return Problem(.wrongType, "the record's list of events holds \(Tag.name(tape.type(element))), not only objects")
            }
            var row = base
            var gathering = shared
            gathering.skips = []
            gather(tape, element, "", 2, &row, &gathering)
            if let problem = finish(tape, row, gathering, &found) { return problem }
        }
        return nil
    }

    mutating func findParts(
        _ tape: JSONTape, _ index: Int, _ shape: Int, _ parts: [RecordPart], _ kind: Int, _ found: inout [FoundRow]
    ) -> Problem? {
        let names = parts.map { plainName($0.name.utf8) }
        let before = found.count
        for (number, part) in parts.enumerated() {
            var row = FoundRow(shape: shape, row: number, time: 0, values: emptyValues(mapping.shapes[shape].rows[number]))
            var gathering = Gathering(kind: kind)
            var member = 0
            gatherAround(tape, index, names, number, &member, &row, &gathering)
            if member == 0 { continue }
            if tape.type(member) == Tag.object {
                gather(tape, member, "", 2, &row, &gathering)
            } else if let (field, conversion) = mapping.shapes[shape].rows[number].aliases[plainName(part.bare)] {
                row.values[field] = FoundValue(place: member, conversion: conversion)
            }
            if let problem = finish(tape, row, gathering, &found) { return problem }
        }
        return found.count > before ? nil : Problem(.missingSignal, "the record has none of \(parts.map(\.name))")
    }

    /// The members shared by the parts: all except those that are parts themselves. `member` is set to the position of part
    /// `number`.
    private mutating func gatherAround(
        _ tape: JSONTape, _ index: Int, _ parts: [[UInt8]], _ number: Int, _ member: inout Int, _ row: inout FoundRow,
        _ gathering: inout Gathering
    ) {
        var at = index + 1
        while at < tape.after(index) - 1 {
            let value = at + 1
            let name = plainName(tape.string(at))
            if let part = parts.firstIndex(of: name) {
                if part == number, tape.type(value) != Tag.null { member = value }
            } else if tape.type(value) == Tag.object,
                mapping.shapes[row.shape].opens.contains(String(decoding: name, as: UTF8.self))
            {
                gatherAround(tape, value, parts, number, &member, &row, &gathering)
            } else if value != gathering.kind, tape.type(value) != Tag.null {
                switch target(tape, at, "", row) {
                case .field(let field, let conversion): row.values[field] = FoundValue(place: value, conversion: conversion)
                case .time(let rank) where rank < gathering.timeRank:
                    gathering.timeRank = rank
                    gathering.time = value
                case .time, .ignored: break
                case .open, .prefix, .unknown: row.unknown.append(FoundUnknown(key: at, prefix: "", value: value))
                }
            }
            at = tape.after(value)
        }
    }

    mutating func findLeaves(
        _ tape: JSONTape, _ index: Int, _ base: FoundRow, _ gathering: Gathering, _ found: inout [FoundRow]
    ) -> Problem? {
        guard case .leaves(_, let value) = mapping.shapes[base.shape].shape.rows else { return nil }
        var base = base
        var gathering = gathering
        gather(tape, index, "", 1, &base, &gathering)
        let table = mapping.shapes[base.shape].rows[0]
        guard let valueField = table.fields.firstIndex(where: { $0.name == value }) else {
            preconditionFailure("\(table.signal) has no \(value)")
        }
        let before = found.count
        let leaves = base.unknown
        base.unknown = []
        for leaf in leaves {
            let key = leaf.prefix + String(decoding: tape.string(leaf.key), as: UTF8.self)
            if let problem = addLeaves(tape, leaf.value, key, valueField, base, gathering, depth: 1, &found) { return problem }
        }
        return found.count > before ? nil : Problem(.missingSignal, "the record has no values in it")
    }

    private mutating func addLeaves(
        _ tape: JSONTape, _ place: Int, _ path: String, _ field: Int, _ base: FoundRow, _ gathering: Gathering, depth: Int,
        _ found: inout [FoundRow]
    ) -> Problem? {
        let type = tape.type(place)
        if type == Tag.null { return nil }
        if path.utf8.count > EventLimits.nameBytes { return badName("the path of a value", path.utf8.count) }
        if type == Tag.object, depth < 8 {
            var at = place + 1
            while at < tape.after(place) - 1 {
                let key = path + "." + String(decoding: tape.string(at), as: UTF8.self)
                if let problem = addLeaves(tape, at + 1, key, field, base, gathering, depth: depth + 1, &found) { return problem }
                at = tape.after(at + 1)
            }
            return nil
        }
        var row = base
        row.path = path
        row.values[field] = FoundValue(place: place, conversion: .none)
        return finish(tape, row, gathering, &found)
    }
}
