internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// Whether the process was asked to stop, by Ctrl-C or SIGTERM. A loop that takes input looks here between two steps.
public enum StopSignal {
    /// From now on the first SIGINT or SIGTERM only sets `isRequested`; the second ends the process.
    public static func install() {
        requested.store(false, ordering: .relaxed)
        for number in [SIGINT, SIGTERM] {
            var action = sigaction()
            #if canImport(Glibc)
            action.__sigaction_handler.sa_handler = { _ in requested.store(true, ordering: .relaxed) }
            #else
            action.__sigaction_u.__sa_handler = { _ in requested.store(true, ordering: .relaxed) }
            #endif
            // Without SA_RESTART, so that a blocking call returns; the next signal is the system's own again.
            action.sa_flags = Int32(truncatingIfNeeded: Int64(SA_RESETHAND))
            sigaction(number, &action, nil)
        }
    }

    public static var isRequested: Bool { requested.load(ordering: .relaxed) }
}

private let requested = Atomic<Bool>(false)
