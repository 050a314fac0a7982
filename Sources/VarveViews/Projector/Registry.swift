// The registry of projectors. Which projectors are registered is a decision that cannot be derived, so the log's manifest holds
// it. How far each has read is derived and is kept in `views/registry`, so that retention keeps what a projector has not read
// yet. A projector without an entry there counts as having read nothing. One line each, and a hash of all bytes before the last
// line:
//
//     varve registry 1
//     main 412000 1764000000000000000 running 250000
//     hash 0f1e2d3c4b5a6978
//
// Name, offset, time of the report (nanoseconds since 1970), `running`, `stopped` or `paused` (before an event that it cannot
// process), events per second. An offset is written only after the SQLite commit that reached it is on disk: it may lag but
// never leads.

public import VarveDisk
internal import VarveEvents
internal import VarveHash
internal import VarveLog

/// The registry of projectors.
public struct Registry: Sendable {
    private let disk: any Disk
    private let paths: ViewPaths
    /// The projectors that this process has registered.
    private let registered = Monitor<Set<String>>([])

    public init(at data: String, disk: any Disk = RealDisk()) {
        self.disk = disk
        paths = ViewPaths(data)
    }

    /// All projectors, by name. One without a readable entry has offset 0, as if it had read nothing.
    ///
    /// - Throws: `.damaged` when no registrations are in the log (an older format kept them only in the registry) and the
    ///   registry cannot be read.
    public func projectors() throws(ViewError) -> [RegisteredProjector] {
        let names = try registeredNames()
        var known: [RegisteredProjector] = []
        do {
            known = try entries()
        } catch let error where error.code == .damaged && !names.isEmpty {
            known = []
        }
        let missing = Set(names).subtracting(known.map(\.name)).map { name in
            RegisteredProjector(
                name: name, offset: Offset(0), updated: Timestamp(nanoseconds: 0), state: .stopped, eventsPerSecond: 0)
        }
        return Self.sorted(known + missing)
    }

    /// The names registered in the log's manifest.
    private func registeredNames() throws(ViewError) -> [String] {
        do {
            return try LogReader.open(at: paths.root, disk: disk).projectors()
        } catch {
            if error.code == .noLog { return [] }
            throw ViewError(error, at: paths.root)
        }
    }

    /// The entries of the registry; empty when there is no file.
    private func entries() throws(ViewError) -> [RegisteredProjector] {
        try typed(at: paths.registry) {
            guard try disk.kind(paths.registry) != nil else { return [] }
            return try parse(disk.openFile(paths.registry).readAll(limit: Self.bytesMax))
        }
    }

    private static func sorted(_ projectors: [RegisteredProjector]) -> [RegisteredProjector] {
        projectors.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// Unregisters a projector that is not running, so that retention no longer waits for it. Its views stay. Returns false
    /// when there was none of that name.
    public func forget(_ name: String) throws(ViewError) -> Bool {
        try ViewPaths.check(projector: name)
        return try typed(at: paths.registry) {
            // The folder may have been deleted, but the names are in the log's manifest.
            try disk.makeDirectory(paths.views)
            let lock = try disk.lock(paths.lock(name), note: processNote())
            defer { disk.close(lock) }
            try registerAll()
            let hadEntry = try change { projectors in
                let count = projectors.count
                projectors.removeAll { $0.name == name }
                return projectors.count < count
            }
            registered.withLock { _ = $0.remove(name) }
            let wasRegistered = try LogProjectors.forget(name, at: paths.root, disk: disk)
            return hadEntry || wasRegistered
        }
    }

    /// Registers a projector if needed and writes its entry.
    func update(_ projector: RegisteredProjector) throws(ViewError) {
        try typed(at: paths.registry) {
            // The folder may have been deleted while the projector runs.
            if try disk.kind(paths.views) == nil { try disk.makeDirectory(paths.views) }
            if !registered.withLock({ $0.contains(projector.name) }) {
                let isRegistered = try registerAll(and: projector.name)
                if isRegistered { registered.withLock { _ = $0.insert(projector.name) } }
            }
            try change { projectors in
                projectors.removeAll { $0.name == projector.name }
                projectors.append(projector)
            }
        }
    }

    /// Registers names in the log's manifest, including readable names of an older registry that held them alone. Returns false
    /// when no manifest is readable; the next writer rebuilds it.
    @discardableResult
    private func registerAll(and name: String? = nil) throws -> Bool {
        var names = name.map { [$0] } ?? []
        if try disk.kind(paths.registry) == .file {
            let bytes = try disk.openFile(paths.registry).readAll(limit: Self.bytesMax)
            names += String(decoding: bytes, as: UTF8.self).split(separator: "\n").dropFirst().compactMap { line in
                let parts = line.split(separator: " ")
                guard parts.first != "hash", let name = parts.first.map(String.init) else { return nil }
                return (try? ViewPaths.check(projector: name)) == nil ? nil : name
            }
        }
        do throws(LogError) {
            try LogProjectors.register(names, at: paths.root, disk: disk)
            return true
        } catch {
            guard error.code == .damaged else { throw error }
            return false
        }
    }

    /// More than a thousand projectors are a mistake.
    private static let bytesMax = 256 << 10
    private static let head = "varve registry 1"

    private func change<Value>(_ body: (inout [RegisteredProjector]) -> Value) throws -> Value {
        let lock = try waitForLock()
        defer { disk.close(lock) }
        var projectors = try readableEntries()
        let value = body(&projectors)
        try disk.replace(paths.registry, with: encoded(projectors))
        return value
    }

    /// The entries of the registry; empty when the file is damaged, because every projector reports again.
    private func readableEntries() throws(ViewError) -> [RegisteredProjector] {
        do {
            return try entries()
        } catch let error where error.code == .damaged {
            return []
        }
    }

    /// Waits for the lock, which is held only for one small write; after a few seconds its holder must be stuck.
    private func waitForLock() throws(DiskError) -> DiskHandle {
        let pause = Monitor(false)
        for _ in 0..<500 {
            do {
                return try disk.lock(paths.registryLock, note: processNote())
            } catch let error where error.code == .lockHeld {
                _ = pause.wait(atMost: 10_000_000) { $0 ? true : nil }
            }
        }
        return try disk.lock(paths.registryLock, note: processNote())
    }

    private func encoded(_ projectors: [RegisteredProjector]) -> [UInt8] {
        var text = Self.head + "\n"
        for projector in Self.sorted(projectors) {
            text +=
                "\(projector.name) \(projector.offset) \(projector.updated.nanoseconds) \(projector.state.rawValue)"
                + " \(projector.eventsPerSecond)\n"
        }
        return Array((text + "hash " + Self.hash(text) + "\n").utf8)
    }

    private static func hash(_ text: String) -> String { XXH3.hash64(text).zeroPadded(16, radix: 16) }

    private func parse(_ bytes: [UInt8]) throws -> [RegisteredProjector] {
        let text = String(decoding: bytes, as: UTF8.self)
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.popLast() == "", let last = lines.popLast(), lines.first?.hasPrefix("varve registry ") == true else {
            throw damaged("its first or last line is invalid")
        }
        guard lines[0] == Self.head else {
            throw ViewError(.newerFormat, "\(paths.registry): '\(lines[0])', this program knows '\(Self.head)'")
        }
        guard last == "hash " + Self.hash(lines.joined(separator: "\n") + "\n") else { throw damaged("its hash does not match") }
        return try lines.dropFirst().map { line in
            let parts = line.split(separator: " ")
            guard parts.count == 5, let offset = UInt64(parts[1]), let updated = Int64(parts[2]), let speed = UInt64(parts[4]),
                let state = RegisteredProjector.State(rawValue: String(parts[3]))
            else { throw damaged("the line '\(line)'") }
            return RegisteredProjector(
                name: String(parts[0]), offset: Offset(offset), updated: Timestamp(nanoseconds: updated),
                state: state, eventsPerSecond: speed)
        }
    }

    private func damaged(_ what: String) -> ViewError {
        ViewError(.damaged, "\(paths.registry) is damaged (\(what)); delete it, and run every projector once to rebuild it")
    }
}
