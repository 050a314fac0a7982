internal import VarveEvents

/// Validates an event before its row is begun.
extension RecordReader {
    /// Validates an event and adds it.
    mutating func finish(_ tape: JSONTape, _ row: FoundRow, _ gathering: Gathering, _ found: inout [FoundRow]) -> Problem? {
        var row = row
        switch RecordTime(clock).read(tape, gathering.time, &numbers) {
        case .success(let time): row.time = time
        case .failure(let problem): return problem.problem
        }
        if let problem = problem(tape, row) { return problem }
        // Otherwise a line of a few megabytes could request a row of thousands of fields a hundred thousand times.
        let bytes = 64 * (1 + row.values.count + row.unknown.count) + (row.path?.utf8.count ?? 0)
        guard found.count < WireLimits.recordBytes / bytes else {
            return Problem(
                .lineTooLong, "the record holds more than \(found.count) events of \(bytes) bytes each",
                hint: "send it in several records")
        }
        found.append(row)
        return nil
    }

    private func problem(_ tape: JSONTape, _ row: FoundRow) -> Problem? {
        let table = mapping.shapes[row.shape].rows[row.row]
        for (field, value) in zip(table.fields, row.values) where value.place != 0 {
            switch tape.type(value.place) {
            case Tag.string:
                let count = tape.string(value.place).count
                if count > EventLimits.stringBytes { return tooLong("\"\(field.name)\"", count) }
                if field.name == "id", field.envelopeKey != nil, !(1...EventLimits.idBytes).contains(count) {
                    return Problem(.badID, "an id has 1 to \(EventLimits.idBytes) bytes, this one has \(count)")
                }
                if field.name == "tenant", field.envelopeKey != nil, !isName(tape.string(value.place)) {
                    return badName("\"tenant\"", count)
                }
            case Tag.uint64 where field.type == .text: break
            case Tag.uint64:
                return Problem(.integerOutOfRange, "\"\(field.name)\" is beyond 9223372036854775807", hint: "write it as text")
            default:
                guard field.envelopeKey == nil || tape.type(value.place) == Tag.int64 else {
                    return Problem(.wrongType, "\"\(field.name)\" is \(Tag.name(tape.type(value.place))), not text")
                }
                if let problem = jsonProblem(tape, value.place, field.name) { return problem }
            }
        }
        if row.unknown.count + table.fields.count > WireLimits.attributesPerEvent {
            return Problem(.tooManyAttributes, "the record has \(row.unknown.count) names that its kind does not")
        }
        for unknown in row.unknown {
            let name = tape.string(unknown.key)
            guard isName(name) else { return badName("a name in the record", name.count) }
            let shown = String(decoding: name, as: UTF8.self)
            if tape.type(unknown.value) == Tag.string, tape.string(unknown.value).count > EventLimits.stringBytes {
                return tooLong("\"\(shown)\"", tape.string(unknown.value).count)
            }
            if tape.type(unknown.value) == Tag.uint64 {
                return Problem(.integerOutOfRange, "\"\(shown)\" is beyond 9223372036854775807", hint: "write it as text")
            }
            if let problem = jsonProblem(tape, unknown.value, shown) { return problem }
        }
        return nil
    }

    private func jsonProblem(_ tape: JSONTape, _ place: Int, _ name: String) -> Problem? {
        guard tape.type(place) == Tag.object || tape.type(place) == Tag.array else { return nil }
        var json = JSONWriter()
        json.value(tape, place)
        return json.bytes.count > EventLimits.stringBytes ? tooLong("\"\(name)\"", json.bytes.count) : nil
    }
}
