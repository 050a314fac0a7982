internal import Foundation
internal import VarveEvents

/// Looks up the keys of JSON objects by their bytes, in the common case without a hash: the key that last followed this one
/// probably follows it again, so it is compared first.
///
///     slot     "duration_ms" ──successor──▶ "attempt" ──successor──▶ "api_endpoint" …
///     blob     the names from their fifth byte on, padded with zeros to whole words
///
/// Slots and blob are raw memory: every key of every event is looked up, and the pointers stay in registers.
struct KeyTable: ~Copyable {
    private(set) var count = 1
    private var slotCapacity = 64
    private(set) var slots: UnsafeMutablePointer<KeySlot>
    private var blob: UnsafeMutablePointer<UInt64>
    private var blobCount = 0
    private var blobCapacity = 256
    /// Slot numbers by hash, 0 for none; a power of two in size, at most half full.
    private var index: [UInt32] = [UInt32](repeating: 0, count: 256)
    private let seed: TableSeed

    /// Slot 0 means "no key": it matches none, and its successor is the first key of an object.
    init(seed: TableSeed = .process) {
        self.seed = seed
        slots = .allocate(capacity: slotCapacity)
        blob = .allocate(capacity: blobCapacity)
        blob.initialize(repeating: 0, count: blobCapacity)
        slots.initialize(to: KeySlot())
    }

    deinit {
        slots.deinitialize(count: count)
        slots.deallocate()
        blob.deallocate()
    }

    /// The slot of the key whose length and bytes are at `key`, in tape format; 0 if unknown.
    @inline(__always)
    mutating func find(_ key: UnsafeRawPointer, after previous: UInt32) -> UInt32 {
        let guess = slots[Int(previous)].successor
        if equals(guess, key) { return guess }
        let found = search(key)
        slots[Int(previous)].successor = found
        return found
    }

    @inline(__always)
    private func equals(_ number: UInt32, _ key: UnsafeRawPointer) -> Bool {
        let slot = slots + Int(number)
        guard key.loadUnaligned(as: UInt64.self) & slot.pointee.headMask == slot.pointee.head else { return false }
        let words = Int(slot.pointee.tailWords)
        guard words > 0 else { return true }
        let tail = blob + Int(slot.pointee.tail)
        var place = 0
        while place < words - 1 {
            guard key.loadUnaligned(fromByteOffset: 8 + place * 8, as: UInt64.self) == tail[place] else { return false }
            place += 1
        }
        return key.loadUnaligned(fromByteOffset: 8 + place * 8, as: UInt64.self) & slot.pointee.tailMask == tail[place]
    }

    /// The slot of the key `name`; 0 if unknown.
    func find(name: UnsafeRawBufferPointer) -> UInt32 {
        var place = hash(name) & (index.count - 1)
        while index[place] != 0 {
            if isName(of: index[place], name) { return index[place] }
            place = (place + 1) & (index.count - 1)
        }
        return 0
    }

    /// The slot of the key `name`, which is probably the one that followed `previous` last time; 0 when it is not known.
    @inline(__always)
    mutating func find(name: UnsafeRawBufferPointer, after previous: UInt32) -> UInt32 {
        let guess = slots[Int(previous)].successor
        if guess != 0, isName(of: guess, name) { return guess }
        let found = find(name: name)
        slots[Int(previous)].successor = found
        return found
    }

    @inline(__always)
    private func isName(of number: UInt32, _ name: UnsafeRawBufferPointer) -> Bool {
        let slot = slots + Int(number)
        guard slot.pointee.head & 0xFFFF_FFFF == UInt64(name.count), let text = name.baseAddress else { return false }
        let head = min(name.count, 4)
        for place in 0..<head where UInt8(truncatingIfNeeded: slot.pointee.head >> UInt64(32 + 8 * place)) != name[place] {
            return false
        }
        return name.count <= 4 || memcmp(blob + Int(slot.pointee.tail), text + 4, name.count - 4) == 0
    }

    /// Forgets the column handles, which belong to a builder that is gone; the keys stay.
    func forgetColumns() {
        for number in 0..<count {
            slots[number].int64 = .id
            slots[number].double = .id
            slots[number].bool = .id
            slots[number].string = .id
            slots[number].json = .id
        }
    }

    private func search(_ key: UnsafeRawPointer) -> UInt32 {
        let length = Int(key.loadUnaligned(as: UInt32.self))
        var place = hash(UnsafeRawBufferPointer(start: key + 4, count: length)) & (index.count - 1)
        while index[place] != 0 {
            if equals(index[place], key) { return index[place] }
            place = (place + 1) & (index.count - 1)
        }
        return 0
    }

    /// Adds a key that `find` does not know, of at most `EventLimits.nameBytes` bytes.
    mutating func insert(_ name: UnsafeRawBufferPointer, field: KeyField) -> UInt32 {
        if count == slotCapacity { growSlots() }
        if count * 2 >= index.count { growIndex() }
        var slot = KeySlot()
        slot.field = field
        slot.name = String(decoding: name, as: UTF8.self)
        slot.head = UInt64(UInt32(truncatingIfNeeded: name.count))
        for (place, byte) in name.prefix(4).enumerated() { slot.head |= UInt64(byte) << UInt64(32 + 8 * place) }
        slot.headMask = name.count >= 4 ? ~0 : ~0 >> UInt64(32 - 8 * name.count)
        let tail = max(name.count - 4, 0)
        slot.tailWords = UInt32(truncatingIfNeeded: (tail + 7) / 8)
        slot.tailMask = tail % 8 == 0 ? ~0 : ~(~0 << UInt64(8 * (tail % 8)))
        slot.tail = UInt32(truncatingIfNeeded: blobCount)
        if blobCount + Int(slot.tailWords) > blobCapacity { growBlob() }
        for (place, byte) in name.dropFirst(4).enumerated() {
            blob[blobCount + place / 8] |= UInt64(byte) << UInt64(8 * (place % 8))
        }
        blobCount += Int(slot.tailWords)
        (slots + count).initialize(to: slot)
        enter(UInt32(truncatingIfNeeded: count), name)
        count += 1
        return UInt32(truncatingIfNeeded: count - 1)
    }

    /// Discards the column handles of an old builder, and with them all attribute keys.
    mutating func removeAll() {
        slots.deinitialize(count: count)
        slots.initialize(to: KeySlot())
        count = 1
        blob.update(repeating: 0, count: blobCapacity)
        blobCount = 0
        for place in index.indices { index[place] = 0 }
    }

    private mutating func enter(_ number: UInt32, _ name: UnsafeRawBufferPointer) {
        var place = hash(name) & (index.count - 1)
        while index[place] != 0 { place = (place + 1) & (index.count - 1) }
        index[place] = number
    }

    private mutating func growIndex() {
        index = [UInt32](repeating: 0, count: index.count * 4)
        for number in 1..<count {
            var name = slots[number].name
            name.withUTF8 { enter(UInt32(truncatingIfNeeded: number), UnsafeRawBufferPointer($0)) }
        }
    }

    private mutating func growSlots() {
        let larger = UnsafeMutablePointer<KeySlot>.allocate(capacity: slotCapacity * 2)
        larger.moveInitialize(from: slots, count: count)
        slots.deallocate()
        slots = larger
        slotCapacity *= 2
    }

    private mutating func growBlob() {
        let larger = UnsafeMutablePointer<UInt64>.allocate(capacity: blobCapacity * 2)
        larger.initialize(from: blob, count: blobCapacity)
        (larger + blobCapacity).initialize(repeating: 0, count: blobCapacity)
        blob.deallocate()
        blob = larger
        blobCapacity *= 2
    }

    /// Names come from outside: their positions depend on a secret seed.
    private func hash(_ name: UnsafeRawBufferPointer) -> Int {
        var state = seed.words[0]
        for byte in name {
            let product = (state ^ UInt64(byte)).multipliedFullWidth(by: seed.words[1])
            state = product.high ^ product.low
        }
        return Int(truncatingIfNeeded: state & 0x7FFF_FFFF)
    }
}

/// The meaning of a key at the top level of an event.
enum KeyField: UInt8 {
    case none, id, time, signal, tenant, component, session, user, data, offset, observed
    /// Not an envelope field: an attribute.
    case unknown
    /// A key inside `data`.
    case attribute
}

/// One key: how to recognise it, and where its value goes.
struct KeySlot {
    /// Length (32 bits) and the first four bytes; `headMask` covers those that exist. No key equals slot 0.
    var head: UInt64 = ~0
    var headMask: UInt64 = 0
    var tailMask: UInt64 = 0
    var tail: UInt32 = 0
    var tailWords: UInt32 = 0
    /// The slot of the key that last followed this one.
    var successor: UInt32 = 0
    /// The serial number of the last row that had the key.
    var lastRow: UInt32 = 0
    var field = KeyField.none
    /// Per value type, the column; `ColumnHandle.id`, which is not an attribute, if there is none yet.
    var int64 = ColumnHandle.id
    var double = ColumnHandle.id
    var bool = ColumnHandle.id
    var string = ColumnHandle.id
    var json = ColumnHandle.id
    var name = ""
}
