internal import Foundation
public import VarveEvents
public import VarveSettings

/// Outside bytes to blocks of events, one decoder per input. Every record becomes a row or a rejection, never nothing:
///
///     let source = try InputSource.open("events.ndjson.gz")
///     var decoder = InputDecoder(DecodeOptions(.ndjson, now: now))
///     while try decoder.fill(from: source) != .end {
///         while let block = decoder.nextBlock() { try await log.append(block.batch) … }
///     }
///     decoder.finish()
///     while let block = decoder.nextBlock(flush: true) { … }
///
/// Blank lines are no records. A decoder is used by one thread at a time.
public struct InputDecoder: ~Copyable, @unchecked Sendable {
    private var window = ByteWindow()
    private var place = InputPlace()
    private var assembler = BlockAssembler()
    private var format: FormatDecoder
    private var isFinished = false
    private var isStarted = false
    /// Bytes of an overlong record passed over so far; its beginning is kept in `skippedHead`.
    private var skippedBytes: UInt64 = 0
    private var skippedHead: [UInt8] = []

    public init(_ options: DecodeOptions) {
        format = FormatDecoder(options)
        assembler.keepsRecords = options.keepsRecords
    }

    /// Reads from `source` once and decodes what is complete. `.idle` when nothing came within the time; without one it waits.
    public mutating func fill(
        from source: InputSource, timeoutMilliseconds: Int32? = nil
    ) throws(InputError) -> InputSource.Fill {
        let result = try source.read(into: window.reserve(WireLimits.readBytes), timeoutMilliseconds: timeoutMilliseconds)
        if case .bytes(let count) = result {
            window.commit(count)
            decode(isLast: false)
        }
        return result
    }

    /// Takes bytes from elsewhere and decodes what is complete.
    public mutating func feed(_ bytes: UnsafeRawBufferPointer) {
        var taken = 0
        while taken < bytes.count {
            let part = min(bytes.count - taken, WireLimits.readBytes)
            window.reserve(part).copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[taken..<taken + part]))
            window.commit(part)
            taken += part
            decode(isLast: false)
        }
    }

    /// Time has passed: event times are judged against `now` from here on. Call it from time to time on an input that does not
    /// end, or after a day its new events look as if they came from the future.
    public mutating func set(now: Timestamp) {
        format.set(now: now)
    }

    /// The input has ended: a last record without a newline is decoded too.
    public mutating func finish() {
        guard !isFinished else { return }
        isFinished = true
        decode(isLast: true)
    }

    /// The next full block; with `flush` also one that is not full. Nil when there is none.
    public mutating func nextBlock(flush: Bool = false) -> DecodedBlock? {
        if let block = assembler.takeReady() { return block }
        guard flush else { return nil }
        assembler.close()
        return assembler.takeReady()
    }

    /// Records met so far: rows and rejections.
    public var received: Int { assembler.received }

    /// Records refused so far.
    public var rejected: Int { assembler.rejected }

    /// Bytes of the (unpacked) input decoded so far.
    public var bytesDecoded: UInt64 { place.bytes }

    /// Lines of the input decoded so far, blank ones included.
    public var linesDecoded: Int { place.lines }

    /// What was left out of events without refusing them, and how often: unknown keys of NDJSON, unnamed columns of CSV.
    public var leftOut: [String: Int] { format.leftOut }

    /// Why the mapping does not fit the header of a CSV file; every record is refused then. Known after the first line.
    public var headerProblem: SettingsError? { format.headerProblem }

    private mutating func decode(isLast: Bool) {
        if !isStarted, window.count >= 3 || isLast {
            isStarted = true
            skipByteOrderMark()
        }
        if skippedBytes > 0 { skip(isLast: isLast) }
        guard isStarted, skippedBytes == 0 else { return }
        let used = format.decode(window.bytes, count: window.count, isLast: isLast, place: &place, into: &assembler)
        window.consume(used)
        if window.count > WireLimits.lineBytes { beginSkip() }
        if skippedBytes > 0 { skip(isLast: isLast) }
    }

    /// The record at the start of the window is longer than any may be: its beginning is kept aside.
    private mutating func beginSkip() {
        skippedHead = Array(UnsafeBufferPointer(start: window.bytes, count: WireLimits.lineBytes))
        skippedBytes = UInt64(WireLimits.lineBytes)
        window.consume(WireLimits.lineBytes)
    }

    /// Passes over the rest of the overlong record, and refuses it when its end is found.
    private mutating func skip(isLast: Bool) {
        let newline = memchr(window.bytes, 0x0A, window.count).map { $0 - UnsafeMutableRawPointer(window.bytes) }
        let passed = newline ?? window.count
        skippedBytes += UInt64(passed)
        window.consume(passed)
        guard newline != nil || isLast else { return }
        let problem = Problem(
            .lineTooLong, "the record has \(skippedBytes) bytes, \(WireLimits.lineBytes) are allowed",
            hint: skippedHead.withUnsafeBytes { FileKind($0).hint } ?? "is this the right format?")
        let offset = place.bytes
        let line = place.lines + 1
        let length = skippedBytes + (newline == nil ? 0 : 1)
        place.advance(lines: 1, bytes: Int(length))
        if newline != nil { window.consume(1) }
        assembler.cover(lines: place.lines, bytes: place.bytes)
        skippedHead.withUnsafeBytes {
            assembler.reject(Rejection(problem, $0, line: line, offset: offset, byteCount: skippedBytes))
        }
        skippedHead = []
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
