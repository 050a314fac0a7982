internal import VarvePromQL
internal import VarveWire

/// Answers as Prometheus writes them. Samples are many: they are written as bytes, most of them without a text in between.
struct PrometheusAnswer {
    private(set) var bytes: [UInt8] = []

    /// - Parameter data: JSON.
    static func success(_ data: String) -> [UInt8] { Array("{\"status\":\"success\",\"data\":\(data)}".utf8) }

    init(_ value: PromQLValue) {
        text("{\"status\":\"success\",\"data\":{\"resultType\":\"\(value.typeName)\",\"result\":")
        switch value {
        case .scalar(let time, let number): sample(time, number)
        case .string(let time, let string):
            text("[")
            moment(time)
            text(",\(JSONLine.string(string))]")
        case .vector(let time, let samples):
            text("[")
            for (index, one) in samples.enumerated() {
                text("\(index > 0 ? "," : ""){\"metric\":\(Self.json(one.labels)),\"value\":")
                sample(time, one.value)
                text("}")
            }
            text("]")
        case .matrix(let series):
            text("[")
            for (index, one) in series.enumerated() {
                text("\(index > 0 ? "," : ""){\"metric\":\(Self.json(one.labels)),\"values\":[")
                for place in one.times.indices {
                    if place > 0 { bytes.append(UInt8(ascii: ",")) }
                    sample(one.times[place], one.values[place])
                }
                text("]}")
            }
            text("]")
        }
        text("}}")
    }

    static func json(_ labels: Labels) -> String {
        "{" + labels.pairs.map { "\(JSONLine.string($0.name)):\(JSONLine.string($0.value))" }.joined(separator: ",") + "}"
    }

    private mutating func text(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func sample(_ time: Int64, _ value: Double) {
        bytes.append(UInt8(ascii: "["))
        moment(time)
        bytes.append(UInt8(ascii: ","))
        bytes.append(UInt8(ascii: "\""))
        number(value)
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: "]"))
    }

    /// Seconds, with three digits behind the point where there are any.
    private mutating func moment(_ time: Int64) {
        if time < 0 { bytes.append(UInt8(ascii: "-")) }
        integer(time.magnitude / 1000)
        let rest = time.magnitude % 1000
        guard rest != 0 else { return }
        bytes.append(UInt8(ascii: "."))
        for digit in [rest / 100, rest / 10 % 10, rest % 10] { bytes.append(UInt8(ascii: "0") + UInt8(digit)) }
    }

    private mutating func integer(_ number: UInt64) {
        guard number >= 10 else { return bytes.append(UInt8(ascii: "0") + UInt8(number)) }
        let start = bytes.count
        var rest = number
        while rest > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        }
        bytes[start...].reverse()
    }

    private mutating func number(_ value: Double) {
        if value.magnitude < 9e15, value == value.rounded(.towardZero), value != 0 {
            if value < 0 { bytes.append(UInt8(ascii: "-")) }
            return integer(UInt64(value.magnitude))
        }
        // Swift's text is Go's where it has no exponent.
        if value.isFinite, value.magnitude >= 1e-4, value.magnitude < 9e15 { return text(value.description) }
        text(GoText.value(value))
    }
}
