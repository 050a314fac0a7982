internal import Foundation
internal import VarveCatalog
internal import VarveDisk
internal import VarveEvents
internal import VarveProjections
internal import VarveViews

/// The views that can be asked: those built in, and those of the data directory and of further folders.
struct KnownViews: Sendable {
    private(set) var views: [AnyView]
    private let builtIn: Int
    private static let bytesMax = 4 << 20

    /// A file that defines no view is left out.
    init(_ folders: [String]) {
        views = ViewDefinition.catalog.map { .mergeable($0) } + Catalog.sequentialViews.map { .sequential($0) }
        builtIn = views.count
        for folder in folders {
            let names = (try? RealDisk().list(folder)) ?? []
            for name in names.sorted() where !name.hasPrefix(".") && (name.hasSuffix(".yaml") || name.hasSuffix(".yml")) {
                guard let bytes = try? RealDisk().openFile("\(folder)/\(name)").readAll(limit: Self.bytesMax),
                    let view = try? AnyView(
                        yaml: String(decoding: bytes, as: UTF8.self), file: name, zones: { ZoneRules(named: $0) }),
                    !views.contains(where: { $0.name == view.name && $0.version == view.version })
                else { continue }
                views.append(view)
            }
        }
    }

    func isBuiltIn(_ view: AnyView) -> Bool {
        views.prefix(builtIn).contains { $0.name == view.name && $0.version == view.version }
    }

    /// The view `name`, or with `name@2` its version 2; of several versions the one that readers of the projector's store see.
    func view(_ text: String, _ shown: (String) throws -> Int?) throws -> AnyView {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let name = parts.first.map(String.init) ?? ""
        let own = views.filter { $0.name == name }.sorted { $0.version < $1.version }
        if parts.count > 1, let view = own.first(where: { "\($0.version)" == parts[1] }) { return view }
        guard let first = own.first, parts.count == 1 else {
            throw ViewError(.unknownView, "there is no view '\(text)'")
        }
        guard own.count > 1 else { return first }
        let version = try shown(name)
        return own.first { $0.version == version } ?? first
    }

    /// The columns of a view's rows by hours, or of its first table.
    static func columns(_ view: AnyView) -> [ViewColumn] {
        switch view {
        case .sequential(let projection):
            return projection.tables.first?.columns.map { ViewColumn($0, .any) } ?? []
        case .mergeable(let view):
            let dimensions = view.dimensions.map { ViewColumn($0.name, .any, isDimension: true) }
            let measures = view.measures.flatMap { measure -> [ViewColumn] in
                switch measure.kind {
                case .count, .distinct, .combinations: [ViewColumn(measure.name, .integer)]
                case .sum, .product, .min, .max: [ViewColumn(measure.name, .number)]
                case .last: [ViewColumn(measure.name, .any)]
                case .topK: [ViewColumn(measure.name, .list)]
                case .quantiles(_, let columns):
                    columns.map { ViewColumn($0.name, $0.statistic == .count ? .integer : .number) }
                }
            }
            return [ViewColumn("time", .time)] + dimensions + measures + view.derived.map { ViewColumn($0.name, .number) }
        }
    }
}
