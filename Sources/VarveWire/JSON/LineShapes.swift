internal import VarveEvents

// The keys of earlier lines, in their order:
//
//     ● "time": ● "signal": ● "data": ─┬─ ● } ────────────────────────────── ● }  end
//                                      └─ ● "duration_ms": ● } ───────────── ● }  end
//                                            └─ "attempt": ● …
//
// A *place* (●) is a point between the members of a line. It is followed by one of the *steps* seen there, each a key with the
// destination of its value, or by the end of the object. Every place is reached in only one way, so no path has a key twice.

/// The shapes of earlier lines, as a tree. Only shapes of accepted events are added, and none with a duplicate key, a list, an
/// object other than `data`, a missing time or signal, or an attribute both in `data` and beside it.
///
/// Steps and places are at fixed memory addresses, and point to each other.
struct LineShapes: ~Copyable {
    static let stepsMax = 4_096
    /// The maximum number of steps at a place, because they are tried one after the other.
    static let siblingsMax = 16
    /// The maximum size of a key with quotes and colon.
    static let keyMax = 264

    private let steps: UnsafeMutablePointer<ShapeStep>
    private var stepCount = 0
    private let places: UnsafeMutablePointer<ShapePlace>
    private var placeCount = 2
    /// Bytes from 24 on of longer keys.
    private var tails: [UInt8] = []

    init() {
        steps = .allocate(capacity: Self.stepsMax)
        // A step adds at most two places.
        places = .allocate(capacity: 2 * Self.stepsMax + 2)
        places.initialize(repeating: ShapePlace(), count: 2)
    }

    deinit {
        steps.deallocate()
        places.deallocate()
    }

    /// The place after a complete line.
    var end: UnsafeMutablePointer<ShapePlace> { places }

    /// The place at the beginning of a line.
    var root: UnsafeMutablePointer<ShapePlace> { places + 1 }

    var isEmpty: Bool { stepCount == 0 }

    /// Whether there may be no room for another line.
    var isFull: Bool { stepCount + 128 > Self.stepsMax }

    mutating func removeAll() {
        stepCount = 0
        placeCount = 2
        root.pointee = ShapePlace()
        tails.removeAll(keepingCapacity: true)
    }

    /// The step with the key `name` at `place`, created if new. Nil if there is no room, or the key needs escapes in a text.
    mutating func step(
        at place: UnsafeMutablePointer<ShapePlace>, _ name: UnsafeRawBufferPointer, role: ShapeRole
    ) -> UnsafeMutablePointer<ShapeStep>? {
        guard name.count + 3 <= Self.keyMax, !name.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C })
        else { return nil }
        let key = [0x22] + Array(name) + [0x22, 0x3A]
        var siblings = 0
        var known = place.pointee.firstStep
        while let step = known {
            if step.pointee.role == role, self.key(step) == key { return step }
            siblings += 1
            known = step.pointee.sibling
        }
        guard siblings < Self.siblingsMax, stepCount < Self.stepsMax else { return nil }
        return insert(key, role, at: place)
    }

    private mutating func insert(
        _ key: [UInt8], _ role: ShapeRole, at place: UnsafeMutablePointer<ShapePlace>
    ) -> UnsafeMutablePointer<ShapeStep> {
        let inside = role == .data ? addPlace() : nil
        var step = ShapeStep(placeBehind: addPlace(), placeInside: inside)
        step.role = role
        step.keyCount = key.count
        for (index, byte) in key.prefix(24).enumerated() {
            let (bits, mask) = (UInt64(byte) << UInt64(8 * (index % 8)), UInt64(0xFF) << UInt64(8 * (index % 8)))
            switch index / 8 {
            case 0: (step.first, step.firstMask) = (step.first | bits, step.firstMask | mask)
            case 1: (step.second, step.secondMask) = (step.second | bits, step.secondMask | mask)
            default: (step.third, step.thirdMask) = (step.third | bits, step.thirdMask | mask)
            }
        }
        step.tail = tails.count
        tails += key.dropFirst(24)
        step.sibling = place.pointee.firstStep
        let made = steps + stepCount
        made.initialize(to: step)
        place.pointee.firstStep = made
        stepCount += 1
        return made
    }

    private mutating func addPlace() -> UnsafeMutablePointer<ShapePlace> {
        let made = places + placeCount
        made.initialize(to: ShapePlace())
        placeCount += 1
        return made
    }

    private func key(_ step: UnsafeMutablePointer<ShapeStep>) -> [UInt8] {
        var bytes: [UInt8] = []
        for word in [step.pointee.first, step.pointee.second, step.pointee.third] {
            for place in 0..<8 where bytes.count < step.pointee.keyCount {
                bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(8 * place)))
            }
        }
        return bytes + tails[step.pointee.tail..<(step.pointee.tail + max(step.pointee.keyCount - 24, 0))]
    }

    /// Whether `text` begins with the key of `step`, including quotes and colon. Always reads 24 bytes.
    @inline(__always)
    func matches(_ step: UnsafeMutablePointer<ShapeStep>, _ text: UnsafePointer<UInt8>) -> Bool {
        let raw = UnsafeRawPointer(text)
        let first = (raw.loadUnaligned(as: UInt64.self) ^ step.pointee.first) & step.pointee.firstMask
        let second = (raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self) ^ step.pointee.second) & step.pointee.secondMask
        let third = (raw.loadUnaligned(fromByteOffset: 16, as: UInt64.self) ^ step.pointee.third) & step.pointee.thirdMask
        guard first | second | third == 0 else { return false }
        return step.pointee.keyCount <= 24 || tailMatches(step, text)
    }

    @inline(never)
    private func tailMatches(_ step: UnsafeMutablePointer<ShapeStep>, _ text: UnsafePointer<UInt8>) -> Bool {
        for place in 24..<step.pointee.keyCount where text[place] != tails[step.pointee.tail + place - 24] { return false }
        return true
    }
}

/// The meaning of the value after a key.
enum ShapeRole: UInt8 {
    case time
    /// An envelope field's text, including the signal.
    case envelope
    case data, attribute
}

/// One key that may occur at a place.
struct ShapeStep {
    /// The first 24 bytes of the key with quotes and colon, and a mask of those in use.
    var first: UInt64 = 0
    var firstMask: UInt64 = 0
    var second: UInt64 = 0
    var secondMask: UInt64 = 0
    var third: UInt64 = 0
    var thirdMask: UInt64 = 0
    var keyCount = 0
    /// The position of the remaining bytes.
    var tail = 0
    /// Another step of the same place.
    var sibling: UnsafeMutablePointer<ShapeStep>?
    let placeBehind: UnsafeMutablePointer<ShapePlace>
    /// For `data`: the place inside.
    let placeInside: UnsafeMutablePointer<ShapePlace>?
    /// Per type, the column; nil if there is none yet.
    var string: UnsafeMutablePointer<PendingColumn>?
    var int64: UnsafeMutablePointer<PendingColumn>?
    var double: UnsafeMutablePointer<PendingColumn>?
    var bool: UnsafeMutablePointer<PendingColumn>?
    /// The minimum size of a text, and how much longer it may be.
    var countMin: UInt32 = 0
    var countRange: UInt32 = 0
    var role = ShapeRole.attribute
    /// An empty text in the envelope is an absent value.
    var mayBeEmpty = false

    init(placeBehind: UnsafeMutablePointer<ShapePlace>, placeInside: UnsafeMutablePointer<ShapePlace>?) {
        self.placeBehind = placeBehind
        self.placeInside = placeInside
    }
}

/// A point between two members.
struct ShapePlace {
    var firstStep: UnsafeMutablePointer<ShapeStep>?
    /// The next place if the object ends here; nil if that has not occurred yet.
    var close: UnsafeMutablePointer<ShapePlace>?
}
