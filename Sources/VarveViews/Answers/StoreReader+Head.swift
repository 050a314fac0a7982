internal import Foundation
internal import GRDB
internal import VarveEvents
internal import VarveHash
internal import VarveProjections

/// The position of a kept view.
struct KeptHead: Sendable {
    var offset: Offset
    /// The append time of the last event in it, if the checkpoint has it.
    var time: Timestamp?
    var isFrozen: Bool
    var completeFrom: Offset
}

extension StoreReader {
    /// The position of the view that is kept with exactly this definition; nil when there is none.
    func head(of view: AnyView, _ checkpoint: Checkpoint) throws(ViewError) -> KeptHead? {
        try typed(at: path) {
            let statement = try db.cachedStatement(
                sql: """
                    SELECT complete_from, frozen_at FROM views WHERE name = ?1 AND fingerprint IN (?2, ?3)
                        ORDER BY fingerprint = ?2 DESC LIMIT 1
                    """)
            let row = try Row.fetchOne(
                statement,
                arguments: [view.name, Data(view.cellFingerprint.bytes), Data(view.fingerprint.bytes)])
            return row.map { row in
                let completeFrom: Int64 = row[0]
                let frozen: Int64? = row[1]
                let isFrozen = frozen != nil && frozen != Int64(bitPattern: checkpoint.offset.value)
                return KeptHead(
                    offset: frozen.map { Offset(UInt64(bitPattern: $0)) } ?? checkpoint.offset,
                    time: isFrozen ? nil : checkpoint.stamp, isFrozen: frozen != nil,
                    completeFrom: Offset(UInt64(bitPattern: completeFrom)))
            }
        }
    }

    /// Throws the reason why a view is not kept with its definition.
    func checkKept(_ view: AnyView) throws(ViewError) {
        switch view {
        case .mergeable(let definition): _ = try state(of: definition, buckets: .min ... .min)
        case .sequential(let projection): _ = try state(of: projection)
        }
    }
}
