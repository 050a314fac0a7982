// Pins and rules: input of retention that cannot be derived from the events, so the manifest holds it. A change takes the
// manifest's lock briefly. A running retention reads the pins again before it moves R.

public import VarveDisk
internal import VarveEvents

extension LogReader {
    /// The pinned offsets, which retention does not remove.
    public func pins() throws(LogError) -> [RetentionPin] {
        try typed { try LogLayout(disk, paths).manifest.pins }
    }
}

/// Changes the pins of a log.
public enum LogPins {
    /// More pins than this are a mistake, and each makes the manifest larger.
    static let countMax = 4_096
    static let nameBytesMax = 256

    /// Pins offsets under a name and replaces an existing pin of that name. Retention keeps every segment that overlaps a pin.
    ///
    /// - Throws: `.truncated` when some of the offsets are already removed, `.refused` for an invalid name or too many pins.
    public static func pin(_ pin: RetentionPin, at path: String, disk: any Disk = RealDisk()) throws(LogError) {
        guard (1...nameBytesMax).contains(pin.name.utf8.count), !pin.offsets.isEmpty else {
            throw LogError(.refused, "a pin has a name of 1 to \(nameBytesMax) bytes and at least one offset")
        }
        var fault: LogError?
        try change(path, disk) { manifest in
            manifest.pins.removeAll { $0.name == pin.name }
            if pin.offsets.lowerBound < manifest.retained.value {
                fault = LogError(.truncated, "the log begins at offset \(manifest.retained); nothing below can be pinned")
            } else if manifest.pins.count >= countMax {
                fault = LogError(.refused, "\(countMax) pins exist already")
            } else {
                manifest.pins.append(pin)
            }
            return fault == nil
        }
        if let fault { throw fault }
    }

    /// Removes the pin of that name. Returns false when there is none.
    public static func unpin(_ name: String, at path: String, disk: any Disk = RealDisk()) throws(LogError) -> Bool {
        var existed = false
        try change(path, disk) { manifest in
            existed = manifest.pins.contains { $0.name == name }
            manifest.pins.removeAll { $0.name == name }
            return existed
        }
        return existed
    }

    /// Changes the manifest; it is written only if `body` returns true.
    static func change(_ path: String, _ disk: any Disk, _ body: (inout Manifest) -> Bool) throws(LogError) {
        try typed {
            let paths = StorePaths(path)
            _ = try LogLayout(disk, paths)
            guard case .valid(let manifest) = try ManifestFiles.load(disk, paths) else {
                throw LogError(.damaged, "\(paths.log) has no readable manifest; opening the log for writing rebuilds it")
            }
            try ManifestStore(manifest, disk, paths).changeIf(body)
        }
    }
}
