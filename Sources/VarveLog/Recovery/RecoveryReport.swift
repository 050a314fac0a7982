// What recovery does with a segment that is not sealed: facts in, exactly one labelled row out. A test walks through all
// combinations of facts and finds one row for each.
//
//     row           there newer ours  born  damage footer tail  above   action
//     ------------- ----- ----- ----- ----- ------ ------ ----- -----   --------------------------------------------------------
//     absent        no    ·     ·     ·     no     ·      ·     ·       a segment is begun with the next frame
//     lost          no    ·     ·     ·     yes    ·      ·     ·       the offsets are marked lost; a segment begins behind them
//     newer         yes   yes   ·     ·     ·      ·      ·     ·       refuse to open; nothing is touched
//     foreign       yes   no    no    ·     no     ·      ·     ·       quarantined; as absent
//     foreign lost  yes   no    no    ·     yes    ·      ·     ·       quarantined; as lost
//     unborn        yes   no    yes   no    no     ·      ·     ·       set aside; as absent
//     erased        yes   no    yes   no    yes    ·      ·     ·       quarantined; as lost
//     damaged       yes   no    yes   yes   yes    ·      ·     ·       marked and kept as it is; a segment begins behind it
//     sealed        yes   no    yes   yes   no     yes    ·     ·       taken into the manifest
//     clean         yes   no    yes   yes   no     no     no    no      copied to a new file, appended to
//     unpublished   yes   no    yes   yes   no     no     no    yes     the same: its frames are thereby written and synced again
//     torn          yes   no    yes   yes   no     no     yes   ·       the same, and the tail cut and kept aside

public import VarveEvents

/// What is known about a segment before anything is decided.
struct RecoveryFacts: Hashable, Sendable {
    /// A file is there.
    var isThere = false
    /// Something in it was written by a newer program.
    var isNewer = false
    /// Its header is that of this log and this segment, or unreadable.
    var isOurs = true
    /// It has a readable header or a whole frame.
    var isBorn = false
    /// Something below the watermark is not readable, or not there.
    var isDamaged = false
    /// A whole footer ends it.
    var hasFooter = false
    /// Bytes above the watermark are not whole frames.
    var hasTail = false
    /// Whole frames stand above the watermark.
    var hasFramesAbove = false

    /// In the order of the table's columns.
    var columns: [Bool] {
        [isThere, isNewer, isOurs, isBorn, isDamaged, hasFooter, hasTail, hasFramesAbove]
    }
}

/// A row of the table. The raw value is its label, as it appears in reports.
enum RecoveryCase: String, CaseIterable, Sendable {
    case absent, lost, newer, foreign, foreignLost, unborn, erased, damaged, sealed, clean, unpublished, torn

    /// Per column: true, false, or nil where it does not matter.
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
    /// Per segment that was not sealed: its first offset and the label of the row in the recovery table.
    public internal(set) var cases: [(segment: UInt64, label: String)] = []
    /// Bytes above the watermark that were cut.
    public internal(set) var tornBytes = 0
    /// Where copies of them are.
    public internal(set) var tornCopies: [String] = []
    /// Files moved to `quarantine/`.
    public internal(set) var quarantined: [String] = []
    /// What is damaged, found now or before; also sealed segments that were wanted and that the disk did not read.
    public internal(set) var damaged: [DamagedRange] = []
    /// Sealed segments that were read whole to know the ids in them, because `ids/` had no run of them that is right.
    public internal(set) var segmentsReadForIDs = 0
    /// Sealed segments of which frames' heads were read to know who appended, because `ids/producers` was missing or old.
    public internal(set) var segmentsReadForProducers = 0
    /// Whether the manifest had to be rebuilt from the segments.
    public internal(set) var manifestRebuilt = false
    /// Retention has removed events that were appended up to here, and their ids with them: when one of them is sent again it is
    /// not known. Nil when nothing was removed yet.
    public internal(set) var idsForgottenUpTo: Timestamp?
    /// The epoch of this opening.
    public internal(set) var epoch: UInt32 = 0

    /// Nothing had to be done: the log was closed well, or is new.
    public var isClean: Bool {
        cases.allSatisfy { $0.label == RecoveryCase.clean.rawValue || $0.label == RecoveryCase.absent.rawValue }
            && damaged.isEmpty && quarantined.isEmpty && !manifestRebuilt
    }
}

extension Manifest {
    /// When the last event that retention has removed can have been appended: before the first one that is there.
    var removedUpTo: Timestamp? {
        guard retained > Offset(0) else { return nil }
        let first = segments.first { $0.minObserved <= $0.maxObserved }
        return Timestamp(nanoseconds: first?.minObserved ?? observed)
    }
}
