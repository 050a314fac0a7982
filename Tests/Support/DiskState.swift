// The value behind a simulated disk, and what each operation does to it.

internal import VarveDisk

struct DiskState: Sendable {
    var nodes: [DiskNode] = []
    var entries: [String: Int] = [:]
    var durableEntries: [String: Int] = [:]
    var pendingEntries: [PendingEntry] = []
    /// Open files: handle number → node.
    var open: [Int32: Int] = [:]
    var nextHandle: Int32 = 3
    /// Nodes that are locked, with the holder's handle.
    var locks: [Int: Int32] = [:]
    var operations = 0
    var faults: [Int: SimulatedDisk.Fault] = [:]
    var failEverything: Int32?
    var unreadable: Set<String> = []
    var capacity: Int?
    var isOff = false
    var failedSyncs = 0
    var fullWrites = 0

    private static let inputOutput: Int32 = 5
    private static let noSpace: Int32 = 28
    private static let exists: Int32 = 17
    private static let notFound: Int32 = 2
    private static let badHandle: Int32 = 9

    func checkPower(_ operation: String, _ path: String) throws(DiskError) {
        if isOff { throw DiskError(.other, operation: operation, path: path, detail: "the power is off") }
    }

    /// Counts an operation and says whether it is to fail.
    private mutating func count(_ operation: String, _ path: String) throws(DiskError) -> Int32? {
        try checkPower(operation, path)
        operations += 1
        switch faults[operations - 1] {
        case .powerCut:
            isOff = true
            try checkPower(operation, path)
        case .fail(let errno): return errno
        case nil: break
        }
        return failEverything
    }

    private mutating func step(_ operation: String, _ path: String) throws(DiskError) {
        if let errno = try count(operation, path) { throw DiskError(errno: errno, operation: operation, path: path) }
    }

    func node(_ file: DiskHandle, _ operation: String) throws(DiskError) -> DiskNode {
        nodes[try index(file, operation)]
    }

    private func index(_ file: DiskHandle, _ operation: String) throws(DiskError) -> Int {
        try checkPower(operation, file.path)
        guard let node = open[file.number] else {
            throw DiskError(errno: Self.badHandle, operation: operation, path: file.path)
        }
        return node
    }

    private mutating func handle(_ node: Int, _ path: String) -> DiskHandle {
        defer { nextHandle += 1 }
        open[nextHandle] = node
        return DiskHandle(number: nextHandle, path: path)
    }

    private mutating func add(_ path: String, isDirectory: Bool) throws(DiskError) -> Int {
        let parent = parentDirectory(of: path)
        guard parent == "." || parent == "/" || entries[parent] != nil else {
            throw DiskError(errno: Self.notFound, operation: "create", path: path)
        }
        guard entries[path] == nil else { throw DiskError(errno: Self.exists, operation: "create", path: path) }
        nodes.append(DiskNode(isDirectory: isDirectory))
        entries[path] = nodes.count - 1
        pendingEntries.append(.add(path, nodes.count - 1))
        return nodes.count - 1
    }

    mutating func open(_ path: String) throws(DiskError) -> DiskHandle {
        try checkPower("open", path)
        guard let node = entries[path] else { throw DiskError(errno: Self.notFound, operation: "open", path: path) }
        guard !nodes[node].isDirectory else { throw DiskError(.wrongKind, operation: "open", path: path) }
        return handle(node, path)
    }

    mutating func create(_ path: String) throws(DiskError) -> DiskHandle {
        try step("create", path)
        return handle(try add(path, isDirectory: false), path)
    }

    mutating func makeDirectory(_ path: String) throws(DiskError) {
        try step("mkdir", path)
        _ = try add(path, isDirectory: true)
    }

    mutating func rename(_ path: String, _ target: String) throws(DiskError) {
        try step("rename", path)
        guard let node = entries[path] else { throw DiskError(errno: Self.notFound, operation: "rename", path: path) }
        entries[path] = nil
        entries[target] = node
        pendingEntries.append(.rename(path, target, node))
    }

    mutating func remove(_ path: String) throws(DiskError) {
        try step("unlink", path)
        guard entries[path] != nil else { throw DiskError(errno: Self.notFound, operation: "unlink", path: path) }
        entries[path] = nil
        pendingEntries.append(.remove(path))
    }

    func read(_ file: DiskHandle, _ buffer: UnsafeMutableRawBufferPointer, _ position: UInt64) throws(DiskError) -> Int {
        let bytes = try node(file, "read").bytes
        if unreadable.contains(file.path) { throw DiskError(errno: Self.inputOutput, operation: "read", path: file.path) }
        guard position < UInt64(bytes.count) else { return 0 }
        let count = min(buffer.count, bytes.count - Int(position))
        bytes.withUnsafeBytes { raw in
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: raw[Int(position)..<(Int(position) + count)]))
        }
        return count
    }

    mutating func write(_ file: DiskHandle, _ bytes: UnsafeRawBufferPointer, _ position: UInt64) throws(DiskError) {
        let node = try index(file, "write")
        let before = operations
        var fault: DiskError?
        var length = bytes.count
        do throws(DiskError) {
            try step("write", file.path)
        } catch {
            // A failed write has put down any part: which one follows from its number.
            fault = error
            if error.code == .noSpace { fullWrites += 1 }
            length = bytes.count == 0 ? 0 : (before &* 7919) % bytes.count
        }
        if let capacity {
            let room = max(0, capacity - used(except: node))
            if Int(position) + length > room, Int(position) + length > nodes[node].bytes.count {
                fault = DiskError(errno: Self.noSpace, operation: "write", path: file.path)
                length = max(0, room - Int(position))
            }
        }
        // The power went before anything was written.
        if isOff { length = 0 }
        if length > 0 { nodes[node].put(Array(bytes[0..<length]), at: Int(position)) }
        if let fault { throw fault }
    }

    private func used(except node: Int) -> Int {
        entries.values.reduce(0) { $0 + ($1 == node ? 0 : nodes[$1].bytes.count) }
    }

    mutating func truncate(_ file: DiskHandle, _ size: UInt64) throws(DiskError) {
        let node = try index(file, "truncate")
        try step("truncate", file.path)
        guard Int(size) != nodes[node].bytes.count else { return }
        nodes[node].cut(to: Int(size))
        nodes[node].pending.append(.truncate(Int(size)))
    }

    mutating func sync(_ file: DiskHandle) throws(DiskError) {
        let node = try index(file, "fdatasync")
        if let errno = try count("fdatasync", file.path) {
            // As the kernel does it: the pages are clean now, and what they hold was never written.
            nodes[node].pending = []
            nodes[node].isSuspect = true
            failedSyncs += 1
            throw DiskError(errno: errno, operation: "fdatasync", path: file.path)
        }
        if nodes[node].isSuspect {
            for change in nodes[node].pending { change.apply(to: &nodes[node].durable) }
        } else {
            nodes[node].durable = nodes[node].bytes
        }
        nodes[node].pending = []
    }

    mutating func syncDirectory(_ path: String) throws(DiskError) {
        try step("fsync directory", path)
        guard path == "." || path == "/" || entries[path] != nil else {
            throw DiskError(errno: Self.notFound, operation: "fsync directory", path: path)
        }
        var left: [PendingEntry] = []
        for change in pendingEntries {
            guard change.directory == path else {
                left.append(change)
                continue
            }
            change.apply(to: &durableEntries)
            // What came about in another directory and was moved here from it does not come about there any more.
            if case .rename(let source, _, let node) = change { left.removeAll { $0.adds(node, source) } }
        }
        pendingEntries = left
    }

    mutating func close(_ file: DiskHandle) {
        if let node = open.removeValue(forKey: file.number), locks[node] == file.number { locks[node] = nil }
    }

    func list(_ directory: String) throws(DiskError) -> [String] {
        try checkPower("list", directory)
        guard entries[directory] != nil else { throw DiskError(errno: Self.notFound, operation: "list", path: directory) }
        let prefix = directory + "/"
        return entries.keys.compactMap { path in
            guard path.utf8.count > prefix.utf8.count, path.hasPrefix(prefix) else { return nil }
            let name = path.utf8.dropFirst(prefix.utf8.count)
            return name.contains(UInt8(ascii: "/")) ? nil : String(name)
        }
    }

    mutating func lock(_ path: String, _ note: String) throws(DiskError) -> DiskHandle {
        try step("lock", path)
        let node: Int
        if let known = entries[path] { node = known } else { node = try add(path, isDirectory: false) }
        if locks[node] != nil {
            throw DiskError(.lockHeld, operation: "lock", path: path, detail: String(decoding: nodes[node].bytes, as: UTF8.self))
        }
        let handle = handle(node, path)
        locks[node] = handle.number
        nodes[node].cut(to: 0)
        nodes[node].put(Array(note.utf8), at: 0)
        return handle
    }

    /// The process is gone: no open files, no locks, no faults.
    mutating func endProcess() {
        open = [:]
        locks = [:]
        faults = [:]
        failEverything = nil
        isOff = false
        failedSyncs = 0
        fullWrites = 0
    }
}
