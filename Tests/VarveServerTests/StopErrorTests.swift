import Testing
import VarveIngest
import VarveLog
import VarveViews
import VarveWorkspace

@testable import VarveServer

/// A stop may cut an operation off in any layer. What each of them then says is no fault of the server.
struct StopErrorTests {
    @Test func `a cancelled operation and a closed log are ends, in whichever layer they show`() {
        let closed = LogError(.closed, "the log is closed")
        #expect(EndsWhenAsked.isOfAStop(closed))
        #expect(EndsWhenAsked.isOfAStop(WorkspaceError(.cancelled, "cancelled")))
        #expect(EndsWhenAsked.isOfAStop(ServerError(WorkspaceError(.cancelled, "cancelled"))))
        var wrapped = WorkspaceError(.log, "the log is closed")
        wrapped.log = closed
        #expect(EndsWhenAsked.isOfAStop(ServerError(wrapped)))
        #expect(EndsWhenAsked.isOfAStop(ViewError(.stopped, "stopped")))
        #expect(EndsWhenAsked.isOfAStop(IngestError(.cancelled, "cancelled")))
        #expect(EndsWhenAsked.isOfAStop(CancellationError()))
    }

    @Test func `a fault stays a fault`() {
        #expect(!EndsWhenAsked.isOfAStop(LogError(.damaged, "damaged")))
        #expect(!EndsWhenAsked.isOfAStop(WorkspaceError(.internal, "a bug")))
        #expect(!EndsWhenAsked.isOfAStop(ServerError(.portTaken, "taken")))
    }
}
