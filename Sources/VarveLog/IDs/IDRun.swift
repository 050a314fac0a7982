internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents
internal import VarveHash

/// A run's file does not hold what was written. The run is rebuilt from the segments.
struct IDRunDamage: Error {
    var offsets: Range<UInt64>
    var reason: String
}

/// An open run: fences and filter are in memory, entries in the file.
struct IDRun: Sendable {
    let file: DiskFile
    let footer: IDRunFooter
    private let seed: UInt64
    /// The high half of the first hash of each block.
    private let fences: [UInt64]
    private(set) var filter: IDFilter

    var offsets: Range<UInt64> { footer.offsets }
    var count: Int { footer.count }
    /// Bytes of memory used.
    var memory: Int { fences.count * 8 + filter.byteCount }

    init(_ file: DiskFile, _ footer: IDRunFooter, fences: [UInt64], filter: IDFilter) {
        self.file = file
        self.footer = footer
        self.fences = fences
        self.filter = filter
        seed = footer.seed
    }

    /// Opens a run and verifies everything except its blocks, which are verified when they are read.
    init(opening file: DiskFile) throws {
        let size = try file.size()
        guard size >= UInt64(IDRunFooter.size) else { throw FormatError(.truncated, "a run of \(size) bytes") }
        let tail = try file.read(IDRunFooter.size, at: size - UInt64(IDRunFooter.size))
        let footer = try tail.withUnsafeBytes { try IDRunFooter(parsing: $0, fileSize: size) }
        let raw = try file.read(footer.blockCount * 8, at: footer.blocksEnd)
        guard raw.count == footer.blockCount * 8, raw.withUnsafeBytes({ XXH3.hash64($0) }) == footer.fencesHash else {
            throw FormatError(.checksumMismatch, "the fences of the run are damaged")
        }
        let fences = raw.withUnsafeBytes { raw in
            (0..<footer.blockCount).map { UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self)) }
        }
        var failure: DiskError?
        let blocks = [SIMD8<UInt32>](unsafeUninitializedCapacity: footer.filterBlocks) { buffer, count in
            do throws(DiskError) {
                let room = UnsafeMutableRawBufferPointer(buffer)
                let wanted = UnsafeMutableRawBufferPointer(rebasing: room[0..<(footer.filterBlocks * MemberBlock.blockSize)])
                count = try file.read(into: wanted, at: footer.filterStart) / MemberBlock.blockSize
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        guard blocks.count == footer.filterBlocks, blocks.withUnsafeBytes({ XXH3.hash64($0) }) == footer.filterHash else {
            throw FormatError(.checksumMismatch, "the filter of the run is damaged")
        }
        self.init(file, footer, fences: fences, filter: IDFilter(blocks: blocks))
    }

    mutating func foldFilter() { filter.fold(keys: count) }

    /// Looks up the hashes with the indices `wanted`, which the filter let through. Calls `found` with index and offset for
    /// each match.
    func find(_ hashes: [Hash128], _ wanted: inout [Int32], _ found: (Int, UInt64) -> Void) throws {
        wanted.sort { hashes[Int($0)] < hashes[Int($1)] }
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: IDBlock.size, alignment: 64)
        defer { memory.deallocate() }
        var block: IDBlock?
        var held = -1
        for index in wanted {
            let hash = hashes[Int(index)]
            // An entry is in the last block whose fence is below its high half, or in a block whose fence equals it.
            var number = max(0, firstFence(notBelow: hash.high) - 1)
            while number < fences.count, fences[number] <= hash.high {
                if held != number {
                    held = number
                    block = try read(number, memory)
                }
                guard let block else { break }
                var place = block.lowerBound(hash)
                while place < block.count, block.hash(place) == hash {
                    found(Int(index), block.offset(place))
                    place += 1
                }
                if place < block.count { break }
                number += 1
            }
        }
    }

    private func firstFence(notBelow high: UInt64) -> Int {
        var (low, end) = (0, fences.count)
        while low < end {
            let middle = (low + end) / 2
            if fences[middle] < high { low = middle + 1 } else { end = middle }
        }
        return low
    }

    private func read(_ number: Int, _ memory: UnsafeMutableRawBufferPointer) throws -> IDBlock {
        let start = UInt64(number * IDBlock.size)
        let size = Int(min(UInt64(IDBlock.size), footer.blocksEnd - start))
        let part = UnsafeMutableRawBufferPointer(rebasing: memory[0..<size])
        let count = try file.read(into: part, at: start)
        return try block(UnsafeRawBufferPointer(rebasing: part[0..<count]), number)
    }

    /// Verifies the bytes of block `number`.
    func block(_ raw: UnsafeRawBufferPointer, _ number: Int) throws -> IDBlock {
        do throws(FormatError) {
            let block = try IDBlock(raw, number: number, of: footer, seed)
            guard block.high(0) == fences[number] else {
                throw FormatError(.malformed, "block \(number) of the ids of \(offsets) does not begin as its fence says")
            }
            return block
        } catch {
            throw IDRunDamage(offsets: offsets, reason: error.message)
        }
    }
}

/// Writes a run from its first entry to its footer. The file gets its final name only when it is complete and durable.
struct IDRunWriter {
    private let disk: any Disk
    private let path: String
    private let file: DiskFile
    private var footer: IDRunFooter
    private let seed: UInt64
    private var gathered: [IDEntry] = []
    /// The first `used` bytes are encoded blocks that are not written yet.
    private var buffer = [UInt8](repeating: 0, count: Self.bufferSize)
    private var used = 0
    private var position: UInt64 = 0
    private var fences: [UInt64] = []
    private var filter: IDFilter
    private static let bufferSize = 64 * IDBlock.size

    /// A writer for at most `keys` entries.
    init(_ disk: any Disk, _ paths: StorePaths, _ footer: IDRunFooter, keys: Int, bitsPerKey: Int) throws {
        guard footer.offsets.upperBound - footer.offsets.lowerBound <= IDRunFooter.spanMax else {
            throw LogError(.refused, "a run of ids for offsets \(footer.offsets): they are too far apart")
        }
        self.disk = disk
        self.footer = footer
        seed = footer.seed
        path = paths.idRun(footer.offsets)
        filter = IDFilter(keys: keys, bitsPerKey: bitsPerKey)
        let temporary = path + temporarySuffix
        if try disk.kind(temporary) != nil { try disk.remove(temporary) }
        file = try disk.create(temporary)
        gathered.reserveCapacity(IDBlock.entriesMax)
    }

    /// Adds an entry. Entries must come sorted by hash.
    mutating func add(_ entry: IDEntry) throws {
        gathered.append(entry)
        if gathered.count == IDBlock.entriesMax { try endBlock() }
    }

    /// Adds many entries, sorted by hash.
    mutating func add(_ entries: [IDEntry]) throws {
        var start = 0
        while start < entries.count {
            let end = min(entries.count, start + IDBlock.entriesMax - gathered.count)
            gathered += entries[start..<end]
            start = end
            if gathered.count == IDBlock.entriesMax { try endBlock() }
        }
    }

    private mutating func endBlock() throws {
        guard let first = gathered.first else { return }
        filter.insert(gathered)
        let (number, base, seed) = (fences.count, footer.offsets.lowerBound, seed)
        used += buffer.withUnsafeMutableBytes { [gathered, used] raw in
            let room = UnsafeMutableRawBufferPointer(rebasing: raw[used...])
            return IDBlock.encode(gathered, number: number, base: base, seed: seed, into: room)
        }
        fences.append(first.hash.high)
        footer.count += gathered.count
        gathered.removeAll(keepingCapacity: true)
        if used + IDBlock.size > buffer.count { try flush() }
    }

    private mutating func flush() throws {
        guard used > 0 else { return }
        let result = buffer.withUnsafeBytes { [used, position, file] raw in
            Result { () throws(DiskError) in
                try file.write(UnsafeRawBufferPointer(rebasing: raw[0..<used]), at: position)
            }
        }
        try result.get()
        position += UInt64(used)
        used = 0
    }

    /// Completes the run and makes it durable under its name. Nil, and no file, when it has no entries.
    mutating func finish() throws -> IDRun? {
        try endBlock()
        guard footer.count > 0 else {
            discard()
            return nil
        }
        try flush()
        var bytes: [UInt8] = []
        bytes.reserveCapacity(fences.count * 8)
        for fence in fences { withUnsafeBytes(of: fence.littleEndian) { bytes.append(contentsOf: $0) } }
        footer.fencesHash = bytes.withUnsafeBytes { XXH3.hash64($0) }
        try file.write(bytes, at: position)
        position += UInt64(bytes.count)
        footer.filterBlocks = filter.blocks.count
        footer.filterHash = filter.blocks.withUnsafeBytes { XXH3.hash64($0) }
        let result = filter.blocks.withUnsafeBytes { raw in
            Result { () throws(DiskError) in try file.write(raw, at: position) }
        }
        try result.get()
        try file.write(footer.encoded(), at: position + UInt64(filter.byteCount))
        try file.syncData()
        try disk.rename(path + temporarySuffix, to: path)
        return IDRun(try disk.openFile(path), footer, fences: fences, filter: filter)
    }

    /// Removes the unfinished file.
    func discard() { try? disk.remove(path + temporarySuffix) }
}
