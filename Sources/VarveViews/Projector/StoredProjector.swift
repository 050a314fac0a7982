internal import VarveDisk
public import VarveEvents

/// A projector that has a store, and its views: what it maintains, and what nobody maintains any more.
public struct StoredProjector: Hashable, Sendable {
    public var name: String
    /// Whether it is registered. The views of a projector that was forgotten stay as they are.
    public var isRegistered: Bool
    /// The store contains all events below this offset, except for views that were frozen before.
    public var offset: Offset
    /// Its views, by name. `isFrozen` is set for all views of a projector that was forgotten.
    public var views: [StoredView]

    public var frozen: [StoredView] { views.filter(\.isFrozen) }

    /// All projectors whose store can be read, by name.
    public static func all(at data: String) throws(ViewError) -> [StoredProjector] {
        let registered = try Set(Registry(at: data).projectors().map(\.name))
        let folder = ViewPaths(data).views
        let names = try typed(at: folder) { () -> [String] in
            let disk = RealDisk()
            guard try disk.kind(folder) == .directory else { return [] }
            let suffix = ViewPaths.databaseSuffix
            return try disk.list(folder).filter { $0.hasSuffix(suffix) }.map { String($0.dropLast(suffix.count)) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.compactMap { name in
            let found = try? ViewStore.open(at: data, projector: name).read { store throws(ViewError) in
                (try store.checkpoint().offset, try store.views())
            }
            guard let (offset, views) = found else { return nil }
            let isRegistered = registered.contains(name)
            return StoredProjector(
                name: name, isRegistered: isRegistered, offset: offset,
                views: isRegistered ? views : views.map(\.withoutProjector))
        }
    }
}

extension StoredView {
    /// The same view, frozen where it is, because its projector was forgotten.
    public var withoutProjector: StoredView {
        var view = self
        view.isFrozen = true
        return view
    }
}
