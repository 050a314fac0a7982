internal import Foundation
internal import Synchronization

/// What the service manager is told: one datagram each to `$NOTIFY_SOCKET`, as `sd_notify` sends it. Without that variable
/// nothing is said.
final class ServiceNotices: Sendable {
    /// How often it wants a sign of life; nil for never.
    let watchdogSeconds: Double?
    private let path: String?
    private let descriptor: Int32

    init(_ environment: [String: String] = ProcessInfo.processInfo.environment) {
        let text = environment["NOTIFY_SOCKET"] ?? ""
        let isOne = text.hasPrefix("/") || text.hasPrefix("@")
        path = isOne && text.utf8.count < 108 ? text : nil
        descriptor = path == nil ? -1 : socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        let own = environment["WATCHDOG_PID"].flatMap { Int32($0) }.map { $0 == getpid() } ?? true
        watchdogSeconds = own ? environment["WATCHDOG_USEC"].flatMap { Double($0) }.map { $0 / 1_000_000 } : nil
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    var isThere: Bool { descriptor >= 0 }

    func ready(_ status: String) { send("READY=1\nSTATUS=\(Self.line(status))") }
    func status(_ text: String) { send("STATUS=\(Self.line(text))") }
    func extend(seconds: Int) { send("EXTEND_TIMEOUT_USEC=\(seconds)000000") }
    func alive() { send("WATCHDOG=1") }
    func stopping() { send("STOPPING=1\nSTATUS=stopping: answers what is in flight") }

    func reloading() {
        let microseconds = UInt64(ProcessInfo.processInfo.systemUptime * 1_000_000)
        send("RELOADING=1\nMONOTONIC_USEC=\(microseconds)")
    }

    private static func line(_ text: String) -> String { text.replacing("\n", with: " ") }

    private func send(_ text: String) {
        guard let path, descriptor >= 0 else { return }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(path.utf8)
        // A name that begins with @ is one of the abstract space, which begins with zero.
        if path.hasPrefix("@") { bytes[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count + (path.hasPrefix("@") ? 0 : 1))
        let message = Array(text.utf8)
        _ = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, message, message.count, Int32(MSG_NOSIGNAL), $0, length)
            }
        }
    }
}
