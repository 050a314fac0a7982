internal import Logging
internal import ServiceLifecycle
internal import VarveEvents
internal import VarveLog
internal import VarveWorkspace

/// Opens the workspace once the port is bound, keeps it open until the server has stopped, and closes it last.
struct WorkspaceHolder: Service {
    let state: ServerState
    let bound: AsyncStream<Int>
    let further: FurtherListeners
    let logger: Logger
    let onReady: @Sendable (ReadyServer) -> Void

    func run() async throws {
        guard let port = await withGracefulShutdownEnding({ await bound.first { _ in true } }) else { return }
        var options = Workspace.Options()
        options.viewFolders = state.options.viewFolders
        let workspace: Workspace
        do {
            workspace = try await Workspace.open(at: state.options.data, options: options)
            state.audit.open(try await SystemLog.open(at: state.options.data))
        } catch {
            throw ServerError(error)
        }
        state.opened(workspace)
        let others = await cancelWhenGracefulShutdown { [further] in await further.bound() }
        if !Task.isShuttingDownGracefully {
            let durable = (try? await workspace.snapshot())?.durable ?? Offset(0)
            let address = ListenAddress(host: state.options.address.host, port: port)
            state.manager.ready("serving \(address)")
            var ready = ReadyServer(address: address, isSecure: state.options.certificate != nil, offset: durable.value)
            ready.further = others.compactMap { one in one.url.map { (one.name, $0) } }
            onReady(ready)
        }
        do {
            try await WorkspaceService(workspace, logger: logger).run()
            await state.tenants.close()
            try await state.audit.workspace?.close()
        } catch let error as WorkspaceError {
            throw ServerError(error)
        }
    }

    /// Ends the wait when the server is asked to stop before its port is bound.
    private func withGracefulShutdownEnding(_ body: @Sendable @escaping () async -> Int?) async -> Int? {
        await cancelWhenGracefulShutdown { await body() }
    }
}
