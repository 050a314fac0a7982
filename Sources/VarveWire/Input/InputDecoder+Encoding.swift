/// Input in another encoding than UTF-8.
extension InputDecoder {
    mutating func hand(_ fed: TextFeed) {
        text = fed
        fed.text.withUnsafeBytes { take($0) }
    }

    /// UTF-16 with a byte order mark need not be declared. True if the input is.
    mutating func transcodesByMark() -> Bool {
        let bytes = UnsafeRawBufferPointer(start: window.bytes, count: window.count)
        guard text == nil, bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]), !isDocument
        else { return false }
        text = TextFeed(.utf16, cutsJSON: options.format.isJSONLines)
        let first = Array(bytes)
        window.consume(first.count)
        first.withUnsafeBytes { feed($0) }
        return true
    }

    /// Whether JSON was cut into lines here, and not by the source: a line's number is then a record's.
    public var isCut: Bool { text?.isCut ?? false }

    mutating func fillTranscoding(
        _ source: InputSource, _ timeoutMilliseconds: Int32?
    ) throws(InputError) -> InputSource.Fill {
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: WireLimits.readBytes, alignment: 1)
        defer { room.deallocate() }
        let result = try source.read(into: room, timeoutMilliseconds: timeoutMilliseconds)
        if case .bytes(let count) = result { feed(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(room)[..<count])) }
        return result
    }
}
