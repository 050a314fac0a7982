/// A page's address: the whole of its state. Names are those of the commands' flags; what a page does not know is kept.
public struct PageState: Hashable, Sendable {
    public struct Item: Hashable, Sendable {
        public var name: String
        public var value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// `/explore`; what is typed in it is percent-encoded.
    public var path: String
    public var items: [Item]

    public init(path: String, items: [Item] = []) {
        self.path = path
        self.items = items
    }

    public func first(_ name: String) -> String? {
        guard let value = items.first(where: { $0.name == name })?.value, !value.isEmpty else { return nil }
        return value
    }

    public func all(_ name: String) -> [String] { items.filter { $0.name == name && !$0.value.isEmpty }.map(\.value) }

    /// What goes along from page to page: the range, the moment, the looks.
    static let carried: Set<String> = ["from", "to", "at", "theme", "name"]

    /// The same with items replaced; a nil removes them.
    public func setting(_ changes: [String: String?]) -> PageState {
        var state = self
        state.items.removeAll { changes.keys.contains($0.name) }
        for (name, value) in changes.sorted(by: { $0.key < $1.key }) {
            if let value { state.items.append(Item(name, value)) }
        }
        return state
    }

    /// Another page, at the same range and moment.
    public func page(_ path: String, _ items: [Item] = []) -> PageState {
        let names = Set(items.map(\.name))
        let kept = self.items.filter { Self.carried.contains($0.name) && !names.contains($0.name) && !$0.value.isEmpty }
        return PageState(path: path, items: items + kept)
    }

    /// As a link: `/explore?view=volume&from=now-6h`.
    public var link: String {
        let query = items.filter { !$0.value.isEmpty }.map { Self.encode($0.name) + "=" + Self.encode($0.value) }
        return path + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
    }

    /// Percent-encoded: everything but letters, digits and what a query can hold as it is.
    public static func encode(_ text: String) -> String {
        let hex = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"),
                UInt8(ascii: ":"), UInt8(ascii: ","), UInt8(ascii: "@"):
                bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
