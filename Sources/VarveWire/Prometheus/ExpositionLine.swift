/// One sample as text: `name{label="value",…} value timestamp # {label="value"} value timestamp`.
///
/// OpenMetrics wants exactly one space between the parts and no comma behind the last label; Prometheus' own text takes more.
struct ExpositionLine {
    /// A label. Its value is as it is written; `isEscaped` where that has backslashes.
    struct Label {
        var name: UnsafeRawBufferPointer
        var raw: UnsafeRawBufferPointer
        var isEscaped: Bool
    }

    private(set) var name = UnsafeRawBufferPointer(start: nil, count: 0)
    private(set) var labels: [Label] = []
    private(set) var value = UnsafeRawBufferPointer(start: nil, count: 0)
    /// Nil for none.
    private(set) var time: UnsafeRawBufferPointer?
    private(set) var exemplar: Exemplar?

    struct Exemplar {
        var labels: [Label]
        var value: UnsafeRawBufferPointer
        var time: UnsafeRawBufferPointer?
    }

    private let bytes: UnsafeRawBufferPointer
    private let isStrict: Bool
    private var at = 0

    /// Nil when the line is no sample.
    init?(_ bytes: UnsafeRawBufferPointer, isStrict: Bool) {
        self.bytes = bytes
        self.isStrict = isStrict
        if !isStrict { skipBlanks() }
        guard let name = word({ Self.isNameByte($0) || $0 == 0x3A }), !Self.isDigit(name[0]) else { return nil }
        self.name = name
        if !isStrict { skipBlanks() }
        if next == 0x7B {
            guard let labels = readLabels() else { return nil }
            self.labels = labels
        }
        guard blank(), let value = word({ $0 > 0x20 }) else { return nil }
        self.value = value
        if end { return }
        guard blank() else { return nil }
        if !isStrict, end { return }
        if next != 0x23 {
            guard let time = word({ $0 > 0x20 }) else { return nil }
            self.time = time
            if !isStrict { skipBlanks() }
            if end { return }
            guard blank(), isStrict else { return nil }
        }
        guard isStrict, take(0x23), take(0x20), next == 0x7B, let labels = readLabels(), take(0x20),
            let number = word({ $0 > 0x20 })
        else { return nil }
        var exemplar = Exemplar(labels: labels, value: number, time: nil)
        if !end {
            guard take(0x20), let time = word({ $0 > 0x20 }), end else { return nil }
            exemplar.time = time
        }
        self.exemplar = exemplar
    }

    private var end: Bool { at == bytes.count }
    private var next: UInt8 { at < bytes.count ? bytes[at] : 0 }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard at < bytes.count, bytes[at] == byte else { return false }
        at += 1
        return true
    }

    private mutating func skipBlanks() {
        while next == 0x20 || next == 0x09 { at += 1 }
    }

    /// One space, or, where that is allowed, any number of blanks.
    private mutating func blank() -> Bool {
        if isStrict { return take(0x20) }
        guard next == 0x20 || next == 0x09 || at > 0 && [0x20, 0x09, 0x7D].contains(bytes[at - 1]) else { return false }
        skipBlanks()
        return true
    }

    private mutating func word(_ isPart: (UInt8) -> Bool) -> UnsafeRawBufferPointer? {
        let start = at
        while at < bytes.count, isPart(bytes[at]) { at += 1 }
        return at > start ? UnsafeRawBufferPointer(rebasing: bytes[start..<at]) : nil
    }

    private mutating func readLabels() -> [Label]? {
        var labels: [Label] = []
        guard take(0x7B) else { return nil }
        if !isStrict { skipBlanks() }
        if take(0x7D) { return labels }
        while true {
            if !isStrict {
                skipBlanks()
                if take(0x7D) { return labels }
            }
            guard let label = readLabel(), labels.count < Self.labelsMax,
                !labels.contains(where: { $0.name.elementsEqual(label.name) })
            else { return nil }
            labels.append(label)
            if !isStrict { skipBlanks() }
            if take(0x7D) { return labels }
            guard take(0x2C) else { return nil }
        }
    }

    private static let labelsMax = 256

    private mutating func readLabel() -> Label? {
        guard let name = word(Self.isNameByte), !Self.isDigit(name[0]) else { return nil }
        if !isStrict { skipBlanks() }
        guard take(0x3D) else { return nil }
        if !isStrict { skipBlanks() }
        guard take(0x22) else { return nil }
        let start = at
        var isEscaped = false
        while at < bytes.count, bytes[at] != 0x22 {
            if bytes[at] == 0x5C {
                isEscaped = true
                at += 1
            }
            at += 1
        }
        guard at < bytes.count else { return nil }
        defer { at += 1 }
        return Label(name: name, raw: UnsafeRawBufferPointer(rebasing: bytes[start..<at]), isEscaped: isEscaped)
    }

    static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A: true
        default: false
        }
    }

    static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
}

extension ExpositionLine.Label {
    /// The value; what a backslash means is resolved into `arena`.
    func value(_ arena: TextArena) -> UnsafeRawBufferPointer {
        guard isEscaped else { return raw }
        let room = arena.room(raw.count)
        var count = 0
        var at = 0
        while at < raw.count {
            var byte = raw[at]
            if byte == 0x5C, at + 1 < raw.count, [0x5C, 0x22, 0x6E].contains(raw[at + 1]) {
                at += 1
                byte = raw[at] == 0x6E ? 0x0A : raw[at]
            }
            room[count] = byte
            count += 1
            at += 1
        }
        return UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(room)[..<count])
    }
}
