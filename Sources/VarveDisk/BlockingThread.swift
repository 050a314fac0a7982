// Threads that may block, and a monitor to wait on. Blocking calls must not run on Swift's cooperative pool (two cores, two
// threads), so a writer and every follower own a thread created here.

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// Starts a thread that runs `body` and ends when `body` returns.
public func startBlockingThread(_ body: @escaping @Sendable () -> Void) {
    final class Start: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    let start = Unmanaged.passRetained(Start(body))
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    pthread_attr_setstacksize(&attributes, 1 << 21)
    defer { pthread_attr_destroy(&attributes) }
    #if canImport(Glibc)
    var thread = pthread_t()
    #else
    var thread: pthread_t?
    #endif
    let result = pthread_create(
        &thread, &attributes,
        { argument in
            #if canImport(Glibc)
            guard let argument else { return nil }
            #endif
            Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().body()
            return nil
        }, start.toOpaque())
    precondition(result == 0, "the system refused a thread: error \(result)")
}

/// The holder's note in a lock file, such as `pid 4711 on host`.
public func processNote() -> String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, 255) == 0 else { return "pid \(getpid())" }
    let host = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return "pid \(getpid()) on \(host)"
}
