// Pins and rules: what retention must know and nobody can work out from the events, so it stands in the manifest. A change takes
// the manifest's lock for a moment; a retention that is under way looks at the pins again before it moves R.

public import VarveDisk
internal import VarveEvents

extension LogReader {
    /// Offsets that no retention removes.
    public func pins() throws(LogError) -> [RetentionPin] {
        try typed { try LogLayout(disk, paths).manifest.pins }
    }
}

/// Changes what retention leaves alone.
public enum LogPins {
    /// More is a mistake, and every one makes the manifest larger.
    static let countMax = 4_096
    static let nameBytesMax = 256

    /// Pins offsets under a name; a pin of that name is replaced. Segments that touch them stay.
    ///
    /// - Throws: `.truncated` when some of them are gone, `.refused` for names and numbers beyond reason.
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
                fault = LogError(.refused, "\(countMax) pins are there already")
            } else {
                manifest.pins.append(pin)
            }
            return fault == nil
        }
        if let fault { throw fault }
    }

    /// Removes the pin of that name. False when there is none.
    public static func unpin(_ name: String, at path: String, disk: any Disk = RealDisk()) throws(LogError) -> Bool {
        var wasThere = false
        try change(path, disk) { manifest in
            wasThere = manifest.pins.contains { $0.name == name }
            manifest.pins.removeAll { $0.name == name }
            return wasThere
        }
        return wasThere
    }

    /// Writes the manifest when `body` has changed it and says so.
    static func change(_ path: String, _ disk: any Disk, _ body: (inout Manifest) -> Bool) throws(LogError) {
        try typed {
            let paths = StorePaths(path)
            _ = try LogLayout(disk, paths)
            guard case .valid(let manifest) = try ManifestFiles.load(disk, paths) else {
                throw LogError(.damaged, "\(paths.log) has no readable manifest; opening the log for writing rebuilds it")
            }
            try ManifestKeeper(manifest, disk, paths).changeIf(body)
        }
    }
}
