internal import Foundation
public import VarveEvents
public import VarveSettings

/// Decodes outside bytes to blocks of events, one decoder per input. Every record becomes a row or a rejection:
///
///     let source = try InputSource.open("events.ndjson.gz")
///     var decoder = InputDecoder(DecodeOptions(.ndjson, now: now))
///     while try decoder.fill(from: source) != .end {
///         while let block = decoder.nextBlock() { try await log.append(block.batch) … }
///     }
///     decoder.finish()
///     while let block = decoder.nextBlock(flush: true) { … }
///
/// Blank lines are not records. A decoder is used by one thread at a time.
public struct InputDecoder: ~Copyable, @unchecked Sendable {
    var window = ByteWindow()
    private var place = InputPlace()
    private var assembler = BlockAssembler()
    private var format: FormatDecoder
    private var isFinished = false
    private var isStarted = false
    /// Whether any text except white space was received.
    private var hasText = false
    private var skippedPadding: UInt64 = 0
    /// Bytes of an overlong record skipped so far; its beginning is in `skippedHead`.
    private var skippedBytes: UInt64 = 0
    private var skippedHead: [UInt8] = []
    private var skippedTail: [UInt8] = []
    var options: DecodeOptions
    /// For another encoding than UTF-8.
    var text: TextFeed?
    private var isChosen: Bool
    /// The format selected by `auto`; nil before the selection, and if the format is unknown.
    public private(set) var chosen: FormatGuess?
    private var sample: [UInt8] = []

    public init(_ options: DecodeOptions) {
        self.options = options
        isChosen = options.format != .auto
        format = FormatDecoder(options.resolved(isChosen ? options.format : .ndjson))
        let encoding = options.encoding ?? options.mapping?.layout.encoding ?? .utf8
        assembler.keepsRecords = options.keepsRecords
        text = encoding == .utf8 ? nil : TextFeed(encoding, cutsJSON: options.format.isJSONLines)
    }

    /// Reads from `source` once and decodes complete records. `.idle` if nothing arrived within the time-out; without one it
    /// waits.
    public mutating func fill(
        from source: InputSource, timeoutMilliseconds: Int32? = nil
    ) throws(InputError) -> InputSource.Fill {
        if text != nil { return try fillTranscoding(source, timeoutMilliseconds) }
        let result = try source.read(into: window.reserve(WireLimits.readBytes), timeoutMilliseconds: timeoutMilliseconds)
        if case .bytes(let count) = result {
            window.commit(count)
            decode(isLast: false)
        } else if result == .idle, !isChosen {
            decode(isLast: false, isIdle: true)
        }
        return result
    }

    /// Accepts bytes from another source and decodes complete records.
    public mutating func feed(_ bytes: UnsafeRawBufferPointer) {
        guard var text else { return take(bytes) }
        self.text = nil
        text.feed(bytes)
        hand(text)
    }

    mutating func take(_ bytes: UnsafeRawBufferPointer) {
        var taken = 0
        while taken < bytes.count {
            let part = min(bytes.count - taken, WireLimits.readBytes)
            window.reserve(part).copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[taken..<taken + part]))
            window.commit(part)
            taken += part
            decode(isLast: false)
        }
    }

    /// Updates the current time, against which event times are checked. Call it periodically on an endless input; otherwise
    /// after a day its new events appear to be in the future.
    public mutating func set(now: Timestamp) {
        options.now = now
        format.set(now: now)
    }

    /// Ends the input: a last record without a newline is decoded too.
    public mutating func finish() {
        guard !isFinished else { return }
        isFinished = true
        if !isStarted { _ = transcodesByMark() }
        if var text {
            self.text = nil
            text.finish()
            hand(text)
        }
        decode(isLast: true)
    }

    /// The next full block; with `flush` also a partial one. Nil if there is none.
    public mutating func nextBlock(flush: Bool = false) -> DecodedBlock? {
        if let block = assembler.takeReady() { return block }
        guard flush else { return nil }
        assembler.close()
        return assembler.takeReady()
    }

    /// Records so far: rows and rejections.
    public var received: Int { assembler.received }

    /// Records refused so far.
    public var rejected: Int { assembler.rejected }

    /// Uncompressed bytes decoded so far.
    public var bytesDecoded: UInt64 { place.bytes }

    /// Lines decoded so far, including blank ones.
    public var linesDecoded: Int { place.lines }

    /// Names dropped from events without refusing them, with counts: unknown keys of NDJSON, unnamed columns of CSV.
    public var leftOut: [String: Int] { format.leftOut }

    /// Why the mapping does not match the header of a CSV file; every record is then refused. Known after the first line.
    public var headerProblem: SettingsError? { format.headerProblem }

    /// NUL bytes skipped between lines.
    public var paddingBytes: UInt64 { skippedPadding + format.paddingBytes }

    /// Why a non-empty input had no records, which is an error. Valid after the end.
    public var noRecordsProblem: String? {
        guard isFinished, received == 0, hasText else { return nil }
        return headerProblem?.message ?? "the input has \(bytesDecoded) bytes and not one record"
    }

    /// Whether the input had no text except white space. Valid after the end.
    var isBlank: Bool { isFinished && !hasText }

    /// Why a document was refused as a whole.
    var documentProblem: String? { format.documentProblem }
    var tally: [Int] { format.tally }
    var isDocument: Bool { options.format.isDocument }

    private mutating func decode(isLast: Bool, isIdle: Bool = false) {
        if !isStarted, window.count >= 3 || isLast {
            if transcodesByMark() { return }
            isStarted = true
            skipByteOrderMark()
        }
        if skippedBytes > 0 { skip(isLast: isLast) }
        guard isStarted, skippedBytes == 0 else { return }
        if !hasText { lookForText() }
        if !isChosen, !choose(isLast: isLast, isIdle: isIdle) { return }
        let used = format.decode(window.bytes, count: window.count, isLast: isLast, place: &place, into: &assembler)
        window.consume(used)
        if window.count > WireLimits.lineBytes, !isDocument { beginSkip() } else if window.count > 1 { skipPadding() }
        if skippedBytes > 0 { skip(isLast: isLast) }
    }

    /// The format that the first lines resemble, if it is not the one the input is read as.
    public var looksLike: FormatGuess? {
        guard let guess = sample.withUnsafeBytes({ FormatGuess.guess($0) }) else { return nil }
        return guess.format == (chosen?.format ?? options.format) ? nil : guess
    }

    /// Detects the format from the first lines, once there are enough of them or input pauses. False if it must wait.
    private mutating func choose(isLast: Bool, isIdle: Bool) -> Bool {
        let bytes = UnsafeRawBufferPointer(start: window.bytes, count: min(window.count, WireLimits.sampleBytes))
        guard hasText else { return isLast }
        var lines = 0
        let end = bytes.firstIndex { byte in
            if byte == 0x0A { lines += 1 }
            return lines == FormatGuess.linesMax
        }
        guard isLast || end != nil || bytes.count == WireLimits.sampleBytes || isIdle && lines > 0 else { return false }
        isChosen = true
        let guess = FormatGuess.guess(UnsafeRawBufferPointer(rebasing: bytes[..<(end.map { $0 + 1 } ?? bytes.count)]))
        guard let guess, guess.format != .csv || options.mapping != nil else { return true }
        chosen = guess
        format = FormatDecoder(options.resolved(guess.format))
        return true
    }

    private mutating func lookForText() {
        sample = Array(UnsafeRawBufferPointer(start: window.bytes, count: min(window.count, WireLimits.sampleBytes)))
        hasText = UnsafeRawBufferPointer(start: window.bytes, count: window.count).contains { $0 > 0x20 || $0 == 0 }
    }

    /// Skips NUL bytes at the beginning of an unfinished line, so that they need not be kept in memory until its end.
    private mutating func skipPadding() {
        guard window.bytes[0] == 0, format.skipsPadding else { return }
        var count = 1
        while count < window.count - 1, window.bytes[count] == 0 { count += 1 }
        guard count == window.count - 1 || window.bytes[count] >= 0x20 else { return }
        window.consume(count)
        place.advance(lines: 0, bytes: count)
        skippedPadding += UInt64(count)
    }

    /// The record at the start of the window is too long: keeps its beginning.
    private mutating func beginSkip() {
        skippedHead = Array(UnsafeBufferPointer(start: window.bytes, count: WireLimits.lineBytes))
        skippedBytes = UInt64(WireLimits.lineBytes)
        window.consume(WireLimits.lineBytes)
    }

    /// Skips the rest of the overlong record, and refuses it when its end is found.
    private mutating func skip(isLast: Bool) {
        let newline = memchr(window.bytes, 0x0A, window.count).map { $0 - UnsafeMutableRawPointer(window.bytes) }
        let passed = newline ?? window.count
        skippedBytes += UInt64(passed)
        skippedTail += UnsafeBufferPointer(start: window.bytes, count: passed).suffix(WireLimits.tailBytes)
        if skippedTail.count > 2 * WireLimits.tailBytes { skippedTail.removeFirst(skippedTail.count - WireLimits.tailBytes) }
        window.consume(passed)
        guard newline != nil || isLast else { return }
        let problem = Problem(
            .lineTooLong, "the record has \(skippedBytes) bytes, \(WireLimits.lineBytes) are allowed",
            hint: skippedHead.withUnsafeBytes { FileKind.of($0)?.hint } ?? "is this the right format?")
        let offset = place.bytes
        let line = place.lines + 1
        let length = skippedBytes + (newline == nil ? 0 : 1)
        place.advance(lines: 1, bytes: Int(length))
        if newline != nil { window.consume(1) }
        assembler.cover(lines: place.lines, bytes: place.bytes)
        skippedHead.withUnsafeBytes {
            assembler.reject(
                Rejection(
                    problem, $0, line: line, offset: offset, byteCount: skippedBytes,
                    tail: Array(skippedTail.suffix(WireLimits.tailBytes))))
        }
        skippedHead = []
        skippedTail = []
        skippedBytes = 0
        let used = format.decode(window.bytes, count: window.count, isLast: isLast, place: &place, into: &assembler)
        window.consume(used)
    }

    private mutating func skipByteOrderMark() {
        guard window.count >= 3, window.bytes[0] == 0xEF, window.bytes[1] == 0xBB, window.bytes[2] == 0xBF else { return }
        window.consume(3)
        place.advance(lines: 0, bytes: 3)
    }
}
