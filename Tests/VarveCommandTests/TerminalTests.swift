import Foundation
import Testing

#if os(Linux)
struct TerminalTests {
    private static let text = "x\u{7F}\u{9B}31m\u{202E}\u{1F600}é"
    private static let line = #"{"time":1769817600000,"signal":"a.b","data":{"s":""# + text + "\"}}\n"

    @Test func `what would steer a terminal is escaped on one, and comes as it is through a pipe`() throws {
        let folder = TemporaryFolder()
        let data = folder.path("data")
        try BuiltCommand.run("ingest", "--data", data, input: Self.line)
        let piped = try BuiltCommand.run("cat", "--data", data).out
        #expect(piped.contains(Self.text))

        // The master's side of a terminal whose other side is the command's standard output.
        let master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        var (lock, number): (Int32, UInt32) = (0, 0)
        // TIOCSPTLCK and TIOCGPTN: unlock the other side, and its number.
        try #require(master >= 0 && ioctl(master, 0x4004_5431, &lock) == 0 && ioctl(master, 0x8004_5430, &number) == 0)
        let name = "/dev/pts/\(number)"
        let process = Process()
        process.executableURL = BuiltCommand.url
        process.arguments = ["cat", "--data", data]
        process.standardInput = FileHandle.nullDevice
        let terminal = try #require(FileHandle(forUpdatingAtPath: name))
        process.standardOutput = terminal
        try process.run()
        process.waitUntilExit()
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = read(master, &bytes, bytes.count)
        close(master)
        try terminal.close()
        let shown = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        #expect(shown.contains(#"x\u007f\u009b31m\u202e"# + "\u{1F600}é"), "\(shown)")
        #expect(process.terminationStatus == 0)
    }
}
#endif
