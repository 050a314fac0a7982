// `views/<projector>.current`: the current version of views that have more than one, which is the one readers see. One line
// each, and a hash of all bytes before the last line:
//
//     varve current 1
//     checkout 2
//     hash 0f1e2d3c4b5a6978
//
// The store holds all versions side by side, each complete or absent. Promoting a version, or going back, only replaces this
// small file, while the projector runs. A view without a line is shown in its lowest maintained version, so a new version
// becomes visible only when it is promoted.

public import VarveDisk
internal import VarveEvents
internal import VarveHash

/// The current versions of one projector's views.
public struct CurrentVersions: Sendable {
    private let disk: any Disk
    private let path: String

    public init(at data: String, projector: String = "main", disk: any Disk = RealDisk()) throws(ViewError) {
        try ViewPaths.check(projector: projector)
        self.disk = disk
        path = ViewPaths(data).current(projector)
    }

    private static let head = "varve current 1"
    private static let bytesMax = 1 << 20

    /// View → version; empty when nothing was ever promoted.
    public func all() throws(ViewError) -> [String: Int] {
        try typed(at: path) {
            guard try disk.kind(path) != nil else { return [:] }
            let text = String(decoding: try disk.openFile(path).readAll(limit: Self.bytesMax), as: UTF8.self)
            var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            guard lines.popLast() == "", let last = lines.popLast(), lines.first.map({ $0 == Self.head }) ?? false,
                last == "hash " + Self.hash(lines.joined(separator: "\n") + "\n")
            else { throw damaged }
            var versions: [String: Int] = [:]
            for line in lines.dropFirst() {
                let parts = line.split(separator: " ")
                guard parts.count == 2, let version = Int(parts[1]) else { throw damaged }
                versions[String(parts[0])] = version
            }
            return versions
        }
    }

    /// Makes `version` the current version of `view`. Returns the version that was promoted before, if any. Atomic for readers.
    @discardableResult
    public func promote(_ view: String, to version: Int) throws(ViewError) -> Int? {
        var versions: [String: Int] = [:]
        do {
            versions = try all()
        } catch let error where error.code == .damaged {}
        let before = versions.updateValue(version, forKey: view)
        var text = Self.head + "\n"
        for (name, version) in versions.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            text += "\(name) \(version)\n"
        }
        let bytes = Array((text + "hash " + Self.hash(text) + "\n").utf8)
        try typed(at: path) { try disk.replace(path, with: bytes) }
        return before
    }

    /// The version of `view` that readers see, among the stored ones.
    public func version(of view: String, _ stored: [StoredView]) throws(ViewError) -> Int? {
        let own = stored.filter { $0.name == view }
        if let promoted = try all()[view], own.contains(where: { $0.version == promoted }) { return promoted }
        return (own.filter { !$0.isFrozen }.map(\.version).min()) ?? own.map(\.version).min()
    }

    private var damaged: ViewError {
        ViewError(.damaged, "\(path) is damaged; delete it, and promote the versions again")
    }

    private static func hash(_ text: String) -> String { XXH3.hash64(text).zeroPadded(16, radix: 16) }
}
