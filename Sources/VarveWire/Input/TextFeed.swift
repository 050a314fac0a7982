/// Converts input in another encoding to UTF-8, with JSON cut into lines if it is not lines already.
struct TextFeed {
    private var transcoder: Transcoder
    private var records: JSONRecords?
    /// The output of the last call.
    private(set) var text: [UInt8] = []

    init(_ encoding: TextEncoding, cutsJSON: Bool) {
        transcoder = Transcoder(encoding)
        records = cutsJSON ? JSONRecords(.listOfObjects) : nil
    }

    /// Whether JSON was cut: a line's number is then a record's.
    var isCut: Bool { records?.isCut ?? false }
    /// Whether it is an array whose closing bracket is missing, when the input has ended.
    var isOpenArray: Bool { records?.isOpen ?? false }

    mutating func feed(_ bytes: UnsafeRawBufferPointer) {
        text.removeAll(keepingCapacity: true)
        transcoder.decode(bytes, into: &text)
        cut(isLast: false)
    }

    mutating func finish() {
        text.removeAll(keepingCapacity: true)
        transcoder.finish(into: &text)
        cut(isLast: true)
    }

    private mutating func cut(isLast: Bool) {
        guard let known = records, !known.passes else { return }
        var lines: [UInt8] = []
        text.withUnsafeBytes { records?.feed($0, into: &lines) }
        if isLast { records?.finish(into: &lines) }
        text = lines
    }
}
