// Which projectors the log is kept for. That is intent, and nobody can work it out: it stands in the manifest, in both copies,
// and is in every backup. How far each of them is can be lost: it says so again.

public import VarveDisk
internal import VarveEvents

extension LogReader {
    /// Names of the projectors that are registered: the hours and days of their views outlive the events.
    public func projectors() throws(LogError) -> [String] {
        try typed { try LogLayout(disk, paths).manifest.projectors }
    }
}

/// Registers projectors with a log.
public enum LogProjectors {
    /// More is a mistake.
    static let countMax = 1_024
    static let nameBytesMax = 256

    /// Registers projectors that are not. Durable on return.
    ///
    /// - Throws: `.refused` for names and numbers beyond reason.
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

    /// Unregisters a projector. False when it was not registered.
    public static func forget(_ name: String, at path: String, disk: any Disk = RealDisk()) throws(LogError) -> Bool {
        var wasThere = false
        try LogPins.change(path, disk) { manifest in
            wasThere = manifest.projectors.contains(name)
            manifest.projectors.removeAll { $0 == name }
            return wasThere
        }
        return wasThere
    }
}
