internal import NIOCore
internal import VarveEvents
internal import VarveWire

/// Messages as an EventSource reads them. `id:` is the offset of an event that was seen: who comes back with it goes on behind
/// it.
struct StreamText: Sendable {
    private(set) var bytes: [UInt8] = []
    private var printer = EventPrinter()

    mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    mutating func event(_ event: Event, at offset: Offset) {
        bytes += Array("event: event\nid: \(offset.value)\ndata: ".utf8)
        printer.print(event, offset: offset)
        // The printer's line has its own end.
        bytes += printer.bytes
        bytes.append(0x0A)
        printer.removeAll()
    }

    /// Another message. With an id only where everything below it was told.
    mutating func message(_ name: String, _ json: String, id: UInt64? = nil) {
        bytes += Array("event: \(name)\n".utf8)
        if let id { bytes += Array("id: \(id)\n".utf8) }
        bytes += Array("data: \(json)\n\n".utf8)
    }

    mutating func comment(_ text: String) { bytes += Array(": \(text)\n\n".utf8) }
    mutating func retry(milliseconds: Int) { bytes += Array("retry: \(milliseconds)\n\n".utf8) }

    var buffer: ByteBuffer { ByteBuffer(bytes: bytes) }
}
