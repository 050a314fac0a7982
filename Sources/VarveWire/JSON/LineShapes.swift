internal import VarveEvents

// Which keys lines have had, and in which order:
//
//     ● "time": ● "signal": ● "data": ─┬─ ● } ────────────────────────────── ● }  end
//                                      └─ ● "duration_ms": ● } ───────────── ● }  end
//                                            └─ "attempt": ● …
//
// A *place* (●) is a point between the members of a line. Behind it stands one of the *steps* that were met there, each a key
// with what is to be done with its value, or the end of the object. Every place is reached in one way only, so no path has a key
// twice.

/// The shapes of lines met so far, as a tree. Only shapes of events that were taken enter it, and none with a key given twice,
/// an unknown key, a list or an object but `data`.
struct LineShapes: ~Copyable {
    /// The place at the beginning of a line.
    static let root: UInt32 = 1
    /// What closes when a line is complete.
    static let end: UInt32 = .max
    static let stepsMax = 4_096
    /// Steps of one place: more are not worth trying one after the other.
    static let siblingsMax = 16
    /// Bytes of a key with quotes and colon.
    static let keyMax = 264

    let steps: UnsafeMutablePointer<ShapeStep>
    private(set) var stepCount = 1
    let places: UnsafeMutablePointer<ShapePlace>
    private(set) var placeCount = 2
    /// Bytes 24 and on of longer keys.
    private(set) var tails: [UInt8] = []

    init() {
        steps = .allocate(capacity: Self.stepsMax)
        // A step adds at most two places.
        places = .allocate(capacity: 2 * Self.stepsMax + 2)
        places.initialize(repeating: ShapePlace(), count: 2)
        steps.initialize(to: ShapeStep())
    }

    deinit {
        steps.deallocate()
        places.deallocate()
    }

    var isEmpty: Bool { stepCount == 1 }

    /// Whether there may be no room for another line.
    var isFull: Bool { stepCount + 128 > Self.stepsMax }

    mutating func removeAll() {
        stepCount = 1
        placeCount = 2
        places[Int(Self.root)] = ShapePlace()
        tails.removeAll(keepingCapacity: true)
    }

    /// The step with the key `name` at `place`, which is made when it is new. Nil when there is no room for it, or the key does
    /// not stand in a text as it is.
    mutating func step(at place: UInt32, _ name: UnsafeRawBufferPointer, role: ShapeRole) -> UInt32? {
        guard name.count + 3 <= Self.keyMax, !name.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C })
        else { return nil }
        let key = [0x22] + Array(name) + [0x22, 0x3A]
        var siblings = 0
        var number = places[Int(place)].firstStep
        while number != 0 {
            if steps[Int(number)].role == role, self.key(number) == key { return number }
            siblings += 1
            number = steps[Int(number)].sibling
        }
        guard siblings < Self.siblingsMax, stepCount < Self.stepsMax else { return nil }
        return insert(key, role, at: place)
    }

    private mutating func insert(_ key: [UInt8], _ role: ShapeRole, at place: UInt32) -> UInt32 {
        var step = ShapeStep()
        step.role = role
        step.keyCount = UInt32(truncatingIfNeeded: key.count)
        for (index, byte) in key.prefix(24).enumerated() {
            let (bits, mask) = (UInt64(byte) << UInt64(8 * (index % 8)), UInt64(0xFF) << UInt64(8 * (index % 8)))
            switch index / 8 {
            case 0: (step.first, step.firstMask) = (step.first | bits, step.firstMask | mask)
            case 1: (step.second, step.secondMask) = (step.second | bits, step.secondMask | mask)
            default: (step.third, step.thirdMask) = (step.third | bits, step.thirdMask | mask)
            }
        }
        step.tail = UInt32(truncatingIfNeeded: tails.count)
        tails += key.dropFirst(24)
        step.placeBehind = addPlace()
        step.placeInside = role == .data ? addPlace() : 0
        step.sibling = places[Int(place)].firstStep
        let number = UInt32(truncatingIfNeeded: stepCount)
        places[Int(place)].firstStep = number
        (steps + stepCount).initialize(to: step)
        stepCount += 1
        return number
    }

    private mutating func addPlace() -> UInt32 {
        (places + placeCount).initialize(to: ShapePlace())
        placeCount += 1
        return UInt32(truncatingIfNeeded: placeCount - 1)
    }

    private func key(_ number: UInt32) -> [UInt8] {
        let step = steps[Int(number)]
        let count = Int(step.keyCount)
        var bytes: [UInt8] = []
        for word in [step.first, step.second, step.third] {
            for place in 0..<8 where bytes.count < count { bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(8 * place))) }
        }
        if count > 24 { bytes += tails[Int(step.tail)..<(Int(step.tail) + count - 24)] }
        return bytes
    }

    /// Whether `text` begins with the key of `step`, the quotes and the colon included. Reads up to 24 bytes in any case.
    @inline(__always)
    func matches(_ step: UnsafePointer<ShapeStep>, _ text: UnsafePointer<UInt8>) -> Bool {
        let raw = UnsafeRawPointer(text)
        let first = (raw.loadUnaligned(as: UInt64.self) ^ step.pointee.first) & step.pointee.firstMask
        let second = (raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self) ^ step.pointee.second) & step.pointee.secondMask
        let third = (raw.loadUnaligned(fromByteOffset: 16, as: UInt64.self) ^ step.pointee.third) & step.pointee.thirdMask
        guard first | second | third == 0 else { return false }
        return step.pointee.keyCount <= 24 || tailMatches(step, text)
    }

    @inline(never)
    private func tailMatches(_ step: UnsafePointer<ShapeStep>, _ text: UnsafePointer<UInt8>) -> Bool {
        for place in 24..<Int(step.pointee.keyCount) where text[place] != tails[Int(step.pointee.tail) + place - 24] {
            return false
        }
        return true
    }
}

/// What the value behind a key is.
enum ShapeRole: UInt8 {
    case time, signal
    /// Text of the envelope.
    case envelope
    case data, attribute
}

/// One key that may stand at a place.
struct ShapeStep {
    /// The key with quotes and colon: its first 24 bytes, and which of those there are.
    var first: UInt64 = 0
    var firstMask: UInt64 = 0
    var second: UInt64 = 0
    var secondMask: UInt64 = 0
    var third: UInt64 = 0
    var thirdMask: UInt64 = 0
    var keyCount: UInt32 = 0
    /// Where the other bytes stand.
    var tail: UInt32 = 0
    /// Another step of the same place; 0 for none.
    var sibling: UInt32 = 0
    var placeBehind: UInt32 = 0
    /// For `data`: the place inside.
    var placeInside: UInt32 = 0
    /// Per type, the column of `PendingRows`; 0 for none yet.
    var string: UInt32 = 0
    var int64: UInt32 = 0
    var double: UInt32 = 0
    var bool: UInt32 = 0
    /// How few and how many bytes a text may have.
    var countMin: UInt32 = 0
    var countMax: UInt32 = 0
    var role = ShapeRole.attribute
}

/// A point between two members.
struct ShapePlace {
    var firstStep: UInt32 = 0
    /// Where it goes on when the object ends here; 0 when that was not met yet.
    var close: UInt32 = 0
}
