internal import VarveDisk

/// The data directories of tenants.
public enum TenantFolders {
    /// Makes those that are not there.
    ///
    /// - Parameter data: The data directory.
    public static func make(_ names: [String], at data: String) throws(ServerError) {
        guard !names.isEmpty else { return }
        let paths = ServerPaths(data)
        let disk = RealDisk()
        do throws(DiskError) {
            for folder in [paths.root, paths.tenants] + names.map(paths.tenant) { try disk.makeDirectory(folder) }
        } catch {
            throw ServerError(.configuration, "the directory of a tenant cannot be made: \(error)")
        }
    }
}
