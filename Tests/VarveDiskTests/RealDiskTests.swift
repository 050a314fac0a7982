import Testing
import VarveDisk

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

@Suite struct RealDiskTests {
    /// A directory of its own, removed afterwards.
    private static func withDirectory(_ body: (String) throws -> Void) throws {
        var template = Array("/tmp/varve-disk-XXXXXX".utf8CString)
        let path = try #require(mkdtemp(&template).map { String(cString: $0) })
        defer {
            for name in (try? RealDisk().list(path)) ?? [] {
                unlink(path + "/" + name)
                rmdir(path + "/" + name)
            }
            rmdir(path)
        }
        try body(path)
    }

    @Test func `bytes come back from where they were written`() throws {
        try Self.withDirectory { path in
            let disk = RealDisk()
            let file = try disk.create(path + "/f")
            try file.write([1, 2, 3, 4], at: 6)
            try file.syncData()
            #expect(try file.size() == 10)
            #expect(try file.read(100, at: 4) == [0, 0, 1, 2, 3, 4])
            try file.truncate(to: 7)
            #expect(try disk.openFile(path + "/f").readAll(limit: 10) == [0, 0, 0, 0, 0, 0, 1])
            try disk.rename(path + "/f", to: path + "/g")
            #expect(try disk.list(path) == ["g"])
            #expect(try disk.kind(path + "/f") == nil)
            #expect(throws: DiskError.self) { try disk.create(path + "/g") }
            try disk.remove(path + "/g")
        }
    }

    @Test func `files and directories are their owner's alone`() throws {
        try Self.withDirectory { path in
            let disk = RealDisk()
            _ = try disk.create(path + "/f")
            try disk.makeDirectory(path + "/d")
            var status = stat()
            #expect(lstat(path + "/f", &status) == 0 && status.st_mode & 0o777 == 0o600)
            #expect(lstat(path + "/d", &status) == 0 && status.st_mode & 0o777 == 0o700)
        }
    }

    @Test func `links, pipes and directories are not opened as files`() throws {
        try Self.withDirectory { path in
            let disk = RealDisk()
            _ = try disk.create(path + "/f")
            symlink(path + "/f", path + "/link")
            mkfifo(path + "/pipe", 0o600)
            for name in ["/link", "/pipe", ""] {
                let error = #expect(throws: DiskError.self) { try disk.openFile(path + name) }
                #expect(error?.code == .wrongKind, "\(name)")
            }
            #expect(try disk.kind(path + "/link") == .symbolicLink)
            #expect(throws: DiskError.self) { try disk.openFile(path + "/f\0x") }
        }
    }

    @Test func `a lock is held until its file is closed, whatever else is opened and closed`() throws {
        try Self.withDirectory { path in
            let disk = RealDisk()
            let held = DiskFile(try disk.lock(path + "/lock", note: "pid 12 on here"), on: disk)
            _ = try disk.openFile(path + "/lock").readAll(limit: 100)
            let error = #expect(throws: DiskError.self) { try disk.lock(path + "/lock", note: "x") }
            #expect(error?.code == .lockHeld)
            #expect(error?.detail == "pid 12 on here")
            withExtendedLifetime(held) {}
        }
        try Self.withDirectory { path in
            let disk = RealDisk()
            disk.close(try disk.lock(path + "/lock", note: "a"))
            disk.close(try disk.lock(path + "/lock", note: "b"))
        }
    }
}
