// The projectors that the log keeps events for. Registration is a decision of the operator that cannot be derived, so both
// copies of the manifest and every backup hold it. A projector's position can be derived: the projector reports it again.

public import VarveDisk
internal import VarveEvents

extension LogReader {
    /// Names of the registered projectors. Retention keeps the hour and day cells of their views when it removes events.
    public func projectors() throws(LogError) -> [String] {
        try typed { try LogLayout(disk, paths).manifest.projectors }
    }
}

/// Registers projectors with a log.
public enum LogProjectors {
    /// More projectors than this are a mistake.
    static let countMax = 1_024
    static let nameBytesMax = 256

    /// Registers the projectors that are not registered yet. Durable on return.
    ///
    /// - Throws: `.refused` for an invalid name or too many projectors.
    public static func register(_ names: [String], at path: String, disk: any Disk = RealDisk()) throws(LogError) {
        guard names.allSatisfy({ (1...nameBytesMax).contains($0.utf8.count) }) else {
            throw LogError(.refused, "the name of a projector has 1 to \(nameBytesMax) bytes")
        }
        var isFull = false
        try LogPins.change(path, disk) { manifest in
            let known = Set(manifest.projectors)
            let all = known.union(names)
            isFull = all.count > countMax
            guard all.count > known.count, !isFull else { return false }
            manifest.projectors = all.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            return true
        }
        if isFull { throw LogError(.refused, "\(countMax) projectors are registered already") }
    }

    /// Unregisters a projector. Returns false when it was not registered.
    public static func forget(_ name: String, at path: String, disk: any Disk = RealDisk()) throws(LogError) -> Bool {
        var existed = false
        try LogPins.change(path, disk) { manifest in
            existed = manifest.projectors.contains(name)
            manifest.projectors.removeAll { $0 == name }
            return existed
        }
        return existed
    }
}
