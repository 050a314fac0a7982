// All file names of the views, in one place.
//
//     data/views/<projector>.sqlite        cells and checkpoint; `-wal` and `-shm` beside it while the projector runs
//     data/views/<view>.yaml               a view that was saved as a file
//     data/views/<projector>.lock          the projector's lock; pid and host inside
//     data/views/registry, registry.lock   the position of each projector, for retention
//     data/views/<projector>.current       the version of each view that readers see
//     data/views/<projector>.damaged       written by a reader that found its store damaged
//     data/states/<content hash>.states    states of one sealed segment; derived
//     data/states/totals/<projector>       totals over all cells of each kept view; derived
//     data/snapshots/                      states of sequential projections at ends of segments; derived

internal import VarveDisk

/// The paths of one store's views.
struct ViewPaths: Sendable {
    let root: String

    init(_ root: String) {
        // `data/` and `data` are the same store; keep `/`.
        var root = root
        while root.utf8.count > 1, root.utf8.last == UInt8(ascii: "/") { root.removeLast() }
        self.root = root
    }

    var views: String { root + "/views" }
    var registry: String { views + "/registry" }
    var registryLock: String { views + "/registry.lock" }
    var states: String { root + "/states" }
    var totals: String { states + "/totals" }
    var snapshots: String { root + "/snapshots" }

    func database(_ projector: String) -> String { views + "/" + projector + Self.databaseSuffix }
    func definition(_ view: String) -> String { views + "/" + view + ".yaml" }
    func current(_ projector: String) -> String { views + "/" + projector + ".current" }
    func damaged(_ projector: String) -> String { views + "/" + projector + ".damaged" }
    func totals(_ projector: String) -> String { totals + "/" + projector }
    func lock(_ projector: String) -> String { views + "/" + projector + ".lock" }

    static let databaseSuffix = ".sqlite"

    /// Names become file names, so they are restricted to `[a-z0-9][a-z0-9._-]{0,63}`.
    static func check(projector name: String) throws(ViewError) {
        let (letters, marks) = ("abcdefghijklmnopqrstuvwxyz0123456789".utf8, "._-".utf8)
        let isPlain = name.utf8.allSatisfy { letters.contains($0) || marks.contains($0) }
        guard isPlain, let first = name.utf8.first, letters.contains(first), name.utf8.count <= 64, name != "registry" else {
            throw ViewError(
                .badName,
                "'\(name)' cannot be a projector's name: 1 to 64 of a-z, 0-9, '.', '_', '-', beginning with a letter or digit")
        }
    }
}
