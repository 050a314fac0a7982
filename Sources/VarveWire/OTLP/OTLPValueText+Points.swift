internal import VarveEvents

/// The parts of data points that are stored as JSON.
extension OTLPValueText {
    /// `{"quantile":…,"value":…}`
    mutating func quantile(_ message: UnsafeRawBufferPointer) throws(DocumentFault) {
        var reader = ProtobufReader(message)
        var (quantile, value) = (0.0, 0.0)
        while try reader.next() {
            switch reader.tag {
            case 0x09: quantile = try reader.double()
            case 0x11: value = try reader.double()
            default: try reader.skip()
            }
        }
        writer.raw("{\"quantile\":")
        writer.double(quantile)
        writer.raw(",\"value\":")
        writer.double(value)
        writer.raw("}")
    }

    /// `{"value":…,"time":…,"trace_id":…,"span_id":…,"attributes":{…}}`
    mutating func exemplar(_ message: UnsafeRawBufferPointer) throws(DocumentFault) {
        var reader = ProtobufReader(message)
        var (time, value) = (UInt64(0), "null")
        var (trace, span) = (UnsafeRawBufferPointer(start: nil, count: 0), UnsafeRawBufferPointer(start: nil, count: 0))
        var members: [UnsafeRawBufferPointer] = []
        while try reader.next() {
            switch reader.tag {
            case 0x11: time = try reader.fixed64()
            case 0x19:
                let number = try reader.double()
                value = number.isFinite ? number.description : "null"
            case 0x22: span = try reader.data()
            case 0x2A: trace = try reader.data()
            case 0x31: value = String(Int64(bitPattern: try reader.fixed64()))
            case 0x3A: members.append(try reader.data())
            default: try reader.skip()
            }
        }
        writer.raw("{\"value\":\(value),\"time\":\"\(RFC3339.text(Timestamp(nanoseconds: Int64(clamping: time))))\"")
        if !trace.isEmpty { writer.raw(",\"trace_id\":\"\(Self.hex(trace))\"") }
        if !span.isEmpty { writer.raw(",\"span_id\":\"\(Self.hex(span))\"") }
        try end(members)
    }
}
