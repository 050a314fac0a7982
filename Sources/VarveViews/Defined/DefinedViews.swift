internal import VarveDisk
public import VarveProjections

/// All views defined for a data directory: built-in ones, those saved in the directory, and those of other folders. Name and
/// version are unique.
public struct DefinedViews: Sendable {
    /// A file without a valid view definition, or a folder that cannot be read. It does not prevent other files from being
    /// read.
    public struct BrokenFile: Sendable {
        public var path: String
        public var error: any Error
    }

    public private(set) var views: [AnyView]
    public private(set) var broken: [BrokenFile] = []
    /// How many of `views` are built in; these come first.
    public let builtInCount: Int

    /// The largest definition file in bytes; a definition has a few hundred.
    private static let bytesMax = 4 << 20

    /// The views `builtIn` and those defined in files of the data directory `data`.
    public init(builtIn: [AnyView], at data: String) {
        views = builtIn
        builtInCount = builtIn.count
        // A new data directory does not have this folder yet.
        _ = try? add(folder: ViewPaths(data).views)
    }

    /// Adds the views of all YAML files in `folder`, in name order. Returns the number of files.
    ///
    /// - Throws: `.inputOutput` when the folder cannot be read.
    @discardableResult
    public mutating func add(folder: String) throws(ViewError) -> Int {
        let names = try typed(at: folder) { try RealDisk().list(folder) }.filter(Self.isViewFile).sorted()
        for name in names { add(file: "\(folder)/\(name)") }
        return names.count
    }

    /// Adds the views of `folder`, or records the folder in `broken`.
    public mutating func addReadable(of folder: String) {
        do {
            try add(folder: folder)
        } catch {
            broken.append(BrokenFile(path: folder, error: error))
        }
    }

    /// Adds the view defined in a file, or records the file in `broken`.
    public mutating func add(file: String) {
        do {
            let bytes = try RealDisk().openFile(file).readAll(limit: Self.bytesMax)
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw ViewError(.badDefinition, "\(file): the file is not UTF-8 text")
            }
            let view = try AnyView(yaml: text, file: file) { ZoneRules(named: $0) }
            guard !views.contains(where: { $0.name == view.name && $0.version == view.version }) else {
                throw ViewError(.badDefinition, "\(file): there is a view '\(view.name)' of version \(view.version) already")
            }
            views.append(view)
        } catch {
            broken.append(BrokenFile(path: file, error: error))
        }
    }

    /// Whether a view is built in.
    public func isBuiltIn(_ view: AnyView) -> Bool {
        views.prefix(builtInCount).contains { $0.name == view.name && $0.version == view.version }
    }

    /// The versions of a view, ascending; for `name@2` only version 2. Empty when there is no such view.
    public func versions(of text: String) -> [AnyView] {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let own = views.filter { $0.name == parts[0] }.sorted { $0.version < $1.version }
        return parts.count == 1 ? own : own.filter { "\($0.version)" == parts[1] }
    }

    /// The unreadable file that probably defines the view `name`, if there is one.
    public func brokenFile(of name: String) -> BrokenFile? {
        broken.first { file in
            let own = file.path.split(separator: "/").last ?? ""
            return own == "\(name).yaml" || own == "\(name).yml"
        }
    }

    private static func isViewFile(_ name: String) -> Bool {
        !name.hasPrefix(".") && (name.hasSuffix(".yaml") || name.hasSuffix(".yml"))
    }
}
