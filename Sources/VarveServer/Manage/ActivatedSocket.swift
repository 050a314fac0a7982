internal import Foundation

/// Sockets that a service manager listens at for this process (`LISTEN_FDS`).
public enum ActivatedSocket {
    private static let first: Int32 = 3

    /// The one of them, which must be a listening stream socket, and its address; nil when there is none.
    ///
    /// - Throws: `.badAddress` for several, and for what is no such socket.
    public static func take() throws(ServerError) -> (socket: Int32, address: ListenAddress)? {
        let environment = ProcessInfo.processInfo.environment
        guard let count = environment["LISTEN_FDS"].flatMap({ Int($0) }), count > 0,
            environment["LISTEN_PID"].flatMap({ Int32($0) }).map({ $0 == getpid() }) ?? false
        else { return nil }
        guard count == 1 else { throw ServerError(.badAddress, "\(count) sockets were handed over, and one is served") }
        var listens: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(first, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0, listens == 1 else {
            throw ServerError(.badAddress, "what was handed over as descriptor \(first) is no listening socket")
        }
        _ = fcntl(first, F_SETFD, FD_CLOEXEC)
        unsetenv("LISTEN_FDS")
        unsetenv("LISTEN_PID")
        return (first, address)
    }

    /// Where it listens. A socket that is no address of the internet's counts as one that only this machine reaches.
    private static var address: ListenAddress {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let host = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address -> ListenAddress? in
                guard getsockname(first, address, &size) == 0 else { return nil }
                var name = [CChar](repeating: 0, count: 64)
                var service = [CChar](repeating: 0, count: 16)
                guard
                    getnameinfo(
                        address, size, &name, socklen_t(name.count), &service, socklen_t(service.count),
                        NI_NUMERICHOST | NI_NUMERICSERV) == 0
                else { return nil }
                func text(_ chars: [CChar]) -> String {
                    String(decoding: chars.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
                }
                guard let port = Int(text(service)) else { return nil }
                return ListenAddress(host: text(name), port: port)
            }
        }
        return host ?? ListenAddress(host: "127.0.0.1", port: 0)
    }
}
