internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// Whether the process was asked to stop, by Ctrl-C or SIGTERM. Loops that take input check it between steps.
public enum StopSignal {
    /// From now on the first SIGINT or SIGTERM only sets `isRequested`; the second ends the process.
    public static func install() {
        requested.store(false, ordering: .relaxed)
        if wakeable.load(ordering: .relaxed) < 0 {
            var ends: [Int32] = [-1, -1]
            if pipe(&ends) == 0 {
                for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
                // A handler must not block, nor must what empties the pipe.
                for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
                waking.store(ends[1], ordering: .relaxed)
                wakeable.store(ends[0], ordering: .relaxed)
            }
        }
        var byte: UInt8 = 0
        while read(wakeable.load(ordering: .relaxed), &byte, 1) > 0 {}
        for number in [SIGINT, SIGTERM] {
            var action = sigaction()
            #if canImport(Glibc)
            action.__sigaction_handler.sa_handler = { _ in StopSignal.request() }
            #else
            action.__sigaction_u.__sa_handler = { _ in StopSignal.request() }
            #endif
            // Without SA_RESTART, so that a blocking call returns. SA_RESETHAND restores the default action for the next
            // signal.
            action.sa_flags = Int32(truncatingIfNeeded: Int64(SA_RESETHAND))
            sigaction(number, &action, nil)
        }
    }

    /// Calls `body` once, on a thread of its own, when the process is asked to stop. Call `install` first.
    public static func onRequest(_ body: @escaping @Sendable () -> Void) {
        let descriptor = wakeable.load(ordering: .relaxed)
        startBlockingThread {
            while !isRequested {
                // The byte stays in the pipe, for whoever waits too. Without a pipe it looks from time to time.
                var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                _ = poll(&request, 1, descriptor < 0 ? 50 : -1)
            }
            body()
        }
    }

    /// What the signal handler does: only calls that are allowed in one.
    private static func request() {
        requested.store(true, ordering: .relaxed)
        let saved = errno
        var byte: UInt8 = 1
        _ = write(waking.load(ordering: .relaxed), &byte, 1)
        errno = saved
    }

    public static var isRequested: Bool { requested.load(ordering: .relaxed) }
}

private let requested = Atomic<Bool>(false)
/// The pipe from the handler to those who wait, or -1.
private let wakeable = Atomic<Int32>(-1)
private let waking = Atomic<Int32>(-1)
