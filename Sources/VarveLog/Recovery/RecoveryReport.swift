// What recovery does with an unsealed segment: from a set of facts to exactly one labelled row. A test checks that every
// combination of facts matches exactly one row.
//
//     row           there newer ours  born  damage footer tail  above   action
//     ------------- ----- ----- ----- ----- ------ ------ ----- -----   --------------------------------------------------------
//     absent        no    ·     ·     ·     no     ·      ·     ·       the next frame starts a segment
//     lost          no    ·     ·     ·     yes    ·      ·     ·       record the offsets as lost; start a segment after them
//     newer         yes   yes   ·     ·     ·      ·      ·     ·       refuse to open; change nothing
//     foreign       yes   no    no    ·     no     ·      ·     ·       quarantine; then as absent
//     foreign lost  yes   no    no    ·     yes    ·      ·     ·       quarantine; then as lost
//     unborn        yes   no    yes   no    no     ·      ·     ·       set aside; then as absent
//     erased        yes   no    yes   no    yes    ·      ·     ·       quarantine; then as lost
//     damaged       yes   no    yes   yes   yes    ·      ·     ·       record the damage, keep the bytes; start a new segment
//     sealed        yes   no    yes   yes   no     yes    ·     ·       add it to the manifest
//     clean         yes   no    yes   yes   no     no     no    no      copy to a new file, which becomes the active segment
//     unpublished   yes   no    yes   yes   no     no     no    yes     the same; this writes and syncs its frames again
//     torn          yes   no    yes   yes   no     no     yes   ·       the same; the tail is cut and a copy kept
//
// "born" means that the segment has a readable header or an intact frame.

public import VarveEvents

/// The facts about a segment that decide its row.
struct RecoveryFacts: Hashable, Sendable {
    /// The file exists.
    var exists = false
    /// Part of it was written by a newer program.
    var isNewer = false
    /// Its header belongs to this log and this segment, or is unreadable.
    var isOurs = true
    /// It has a readable header or an intact frame.
    var hasContent = false
    /// Something below the watermark is unreadable or missing.
    var isDamaged = false
    /// It ends in a valid footer.
    var hasFooter = false
    /// Bytes above the watermark are not intact frames.
    var hasTail = false
    /// There are intact frames above the watermark.
    var hasFramesAbove = false

    /// The facts in the order of the table's columns.
    var columns: [Bool] {
        [exists, isNewer, isOurs, hasContent, isDamaged, hasFooter, hasTail, hasFramesAbove]
    }
}

/// A row of the table. The raw value is its label, as it appears in reports.
enum RecoveryCase: String, CaseIterable, Sendable {
    case absent, lost, newer, foreign, foreignLost, unborn, erased, damaged, sealed, clean, unpublished, torn

    /// For each column true, false, or nil where it does not matter.
    var pattern: [Bool?] {
        switch self {
        case .absent: [false, nil, nil, nil, false, nil, nil, nil]
        case .lost: [false, nil, nil, nil, true, nil, nil, nil]
        case .newer: [true, true, nil, nil, nil, nil, nil, nil]
        case .foreign: [true, false, false, nil, false, nil, nil, nil]
        case .foreignLost: [true, false, false, nil, true, nil, nil, nil]
        case .unborn: [true, false, true, false, false, nil, nil, nil]
        case .erased: [true, false, true, false, true, nil, nil, nil]
        case .damaged: [true, false, true, true, true, nil, nil, nil]
        case .sealed: [true, false, true, true, false, true, nil, nil]
        case .clean: [true, false, true, true, false, false, false, false]
        case .unpublished: [true, false, true, true, false, false, false, true]
        case .torn: [true, false, true, true, false, false, true, nil]
        }
    }

    func matches(_ facts: RecoveryFacts) -> Bool {
        zip(pattern, facts.columns).allSatisfy { $0 == nil || $0 == $1 }
    }

    /// The row for `facts`.
    init(_ facts: RecoveryFacts) {
        guard let row = Self.allCases.first(where: { $0.matches(facts) }) else {
            preconditionFailure("no row of the recovery table matches \(facts)")
        }
        self = row
    }
}

/// What opening a log for writing found and did.
public struct RecoveryReport: Sendable {
    /// For each unsealed segment its first offset and the label of its row in the recovery table.
    public internal(set) var cases: [(segment: UInt64, label: String)] = []
    /// Bytes above the watermark that were cut.
    public internal(set) var tornBytes = 0
    /// Paths of the copies of these bytes.
    public internal(set) var tornCopies: [String] = []
    /// Files moved to `quarantine/`.
    public internal(set) var quarantined: [String] = []
    /// All damage, new and already known; also sealed segments that were needed and that the disk could not read.
    public internal(set) var damaged: [DamagedRange] = []
    /// Sealed segments that were read whole to collect their ids, because `ids/` had no valid run for them.
    public internal(set) var segmentsReadForIDs = 0
    /// Sealed segments whose frame heads were read to learn who appended, because `ids/producers` was missing or outdated.
    public internal(set) var segmentsReadForProducers = 0
    /// Whether the manifest had to be rebuilt from the segments.
    public internal(set) var manifestRebuilt = false
    /// Retention has removed events appended up to this time, and their ids. If one of them is sent again, it is not recognized
    /// as a duplicate. Nil when nothing was removed yet.
    public internal(set) var idsForgottenUpTo: Timestamp?
    /// The epoch of this opening.
    public internal(set) var epoch: UInt32 = 0

    /// Whether nothing had to be recovered: the log was closed cleanly, or is new.
    public var isClean: Bool {
        cases.allSatisfy { $0.label == RecoveryCase.clean.rawValue || $0.label == RecoveryCase.absent.rawValue }
            && damaged.isEmpty && quarantined.isEmpty && !manifestRebuilt
    }
}

extension Manifest {
    /// The latest time at which a removed event can have been appended: the time of the first remaining event.
    var removedUpTo: Timestamp? {
        guard retained > Offset(0) else { return nil }
        let first = segments.first { $0.minObserved <= $0.maxObserved }
        return Timestamp(nanoseconds: first?.minObserved ?? observed)
    }
}
