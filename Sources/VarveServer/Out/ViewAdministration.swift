internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import VarveCatalog
internal import VarveDisk
internal import VarveEvents
internal import VarveProjections
internal import VarveViews
internal import VarveWire
internal import VarveWorkspace

/// Views that are made and removed while the server runs: files of the data directory, as `varve query --save` writes them. The
/// projector is started anew, and folds a new view from the log.
struct ViewAdministration: Sendable {
    let state: ServerState
    private static let bytesMax = 256 << 10

    /// `PUT /api/v1/views/{name}`: 201 for a new view, 200 for one that is as it was or has a higher version.
    func put(_ request: Request, context: AdminContext) async throws -> Response {
        let name = try Self.name(context)
        let body = try await request.body.collect(upTo: Self.bytesMax)
        guard let text = String(validating: Array(buffer: body), as: UTF8.self) else {
            throw Problem(400, "bad_definition", "the body is not UTF-8 text")
        }
        let view: AnyView
        do {
            view = try AnyView(yaml: text, file: "\(name).yaml") { ZoneRules(named: $0) }
        } catch {
            throw Problem(400, "bad_definition", "\(error)")
        }
        guard view.name == name else {
            throw Problem(400, "bad_definition", "the definition's name is '\(view.name)', and the path's '\(name)'")
        }
        let path = ServerPaths(context.workspace.path).view(name)
        let folder = ServerPaths(context.workspace.path).views
        let isNew = try await onOwnThread { () throws -> Bool in
            let known = try Self.known(context.workspace.path, state.options.viewFolders, name)
            let disk = RealDisk()
            let isOwn = try disk.kind(path) != nil
            if !known.isEmpty, !isOwn {
                throw Problem(409, "exists", "a view of this name is built in, or stands in another folder")
            }
            if let old = known.first, "\(old.fingerprint)" != "\(view.fingerprint)", view.version <= old.version {
                throw Problem(409, "version", "a changed view needs a version above \(old.version)")
            }
            try disk.makeDirectory(folder)
            try disk.replace(path, with: Array(text.utf8))
            return known.isEmpty
        }
        state.restartProjector()
        var object = JSONLine()
        object.field("name", view.name)
        object.field("version", view.version)
        object.field("fingerprint", "\(view.fingerprint)")
        return ViewReplies.json(object.text + "\n", status: isNew ? .created : .ok)
    }

    /// `DELETE /api/v1/views/{name}`: its definition; its rows go with the next change of the store.
    func delete(_ request: Request, context: AdminContext) async throws -> Response {
        let name = try Self.name(context)
        let path = ServerPaths(context.workspace.path).view(name)
        let folders = state.options.viewFolders
        try await onOwnThread { () throws -> Void in
            let disk = RealDisk()
            guard try disk.kind(path) != nil else {
                let known = try Self.known(context.workspace.path, folders, name)
                throw known.isEmpty
                    ? Problem(404, "unknown_view", "there is no view '\(name)'")
                    : Problem(409, "built_in", "the view is built in, or stands in another folder: it cannot be removed here")
            }
            try disk.remove(path)
        }
        state.restartProjector()
        return Response(status: .noContent)
    }

    private static func known(_ data: String, _ folders: [String], _ name: String) throws -> [AnyView] {
        var defined = DefinedViews(builtIn: Catalog.allViews, at: data)
        for folder in folders { defined.addReadable(of: folder) }
        return defined.versions(of: name)
    }

    private static func name(_ context: AdminContext) throws(Problem) -> String {
        let raw = context.parameters.get("name").flatMap { QueryText.decode($0, plusIsBlank: false) }
        guard let name = raw, name.wholeMatch(of: /[a-z][a-z0-9_]{0,63}/) != nil else {
            throw Problem(400, "bad_name", "a view's name has small letters, digits and _, and begins with a letter")
        }
        return name
    }
}

extension ServerRoutes {
    static func administration(_ routes: RouteRegistry, _ state: ServerState) {
        let views = ViewAdministration(state: state)
        let proofs = ViewProofs(state: state)
        let name = RouteDescription.Parameter(name: "name", meaning: "The view's name.", isInPath: true)
        routes.scoped(
            .put, "/api/v1/views/{name}", "Makes a view, or a higher version of one, while the server runs.",
            body: "the definition as YAML", parameters: [name], use: views.put)
        routes.scoped(
            .delete, "/api/v1/views/{name}", "Removes a view that was made here.", parameters: [name], use: views.delete)
        routes.scoped(
            .get, "/api/v1/views/{name}/prove", "A proof of what a view says or said, for varve verify.",
            parameters: [name, .init(name: "at", meaning: "An offset or a time; by default now.")], use: proofs.prove)
        routes.scoped(
            .get, "/api/v1/views/{name}/diff", "What explains that a view differs between two windows, as view diff.",
            parameters: [
                name, .init(name: "from", meaning: "The window to explain: a..b."),
                .init(name: "against", meaning: "The window to hold it against: c..d."),
                .init(name: "by", meaning: "Dimensions; by default all."), .init(name: "column", meaning: "Which column."),
                .init(name: "top", meaning: "Values of each dimension."),
            ], use: proofs.diff)
    }
}
