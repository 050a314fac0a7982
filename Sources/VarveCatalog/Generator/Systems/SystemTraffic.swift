/// Synthetic traffic of one of the systems, or of all: every signal of the catalog, with an incident. The same options give the
/// same bytes.
public struct SystemTraffic: Sendable {
    public let options: TrafficOptions
    public private(set) var made = 0
    private var sources: [TrafficSource]

    /// `systems` share the events by their weights. Bookiji's come from `TrafficGenerator`.
    public init(_ systems: [CatalogSystem], _ options: TrafficOptions) {
        self.options = options
        let whole = systems.reduce(0) { $0 + Self.weight($1) }
        var left = options.events
        sources = systems.enumerated().map { index, system in
            let isLast = index == systems.count - 1
            let events = isLast ? left : Int(Int128(options.events) * Int128(Self.weight(system)) / Int128(whole))
            left -= events
            var own = options
            own.events = events
            own.ids = false
            return system == .bookiji
                ? TrafficSource(plain: TrafficGenerator(own)) : TrafficSource(recipes: RecipeTraffic(system, own))
        }
        for index in sources.indices { sources[index].advance() }
    }

    /// The share of a system's events in the combined traffic.
    private static func weight(_ system: CatalogSystem) -> Int {
        switch system {
        case .bookiji: 40
        case .atomic: 35
        case .flashfusion: 5
        case .chatbot: 10
        case .monitoring: 10
        }
    }

    /// The next lines, about `size` bytes of them; empty after the last event.
    public mutating func nextLines(size: Int = 1 << 18) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size + 1_024)
        while bytes.count < size, let source = earliest {
            guard let line = sources[source].line else { break }
            made += 1
            bytes.append(UInt8(ascii: "{"))
            if options.ids { append(TrafficIdentifier(time: line.time, number: made, seed: options.seed), to: &bytes) }
            bytes.append(contentsOf: line.text.utf8)
            sources[source].advance()
        }
        return bytes
    }

    /// The source whose next event is earliest.
    private var earliest: Int? {
        sources.indices.filter { sources[$0].line != nil }
            .min { (sources[$0].line?.time ?? 0, $0) < (sources[$1].line?.time ?? 0, $1) }
    }

    private func append(_ id: TrafficIdentifier, to bytes: inout [UInt8]) {
        bytes += Array("\"id\":\"".utf8)
        withUnsafeTemporaryAllocation(byteCount: 64, alignment: 8) { memory in
            guard let base = memory.baseAddress else { return }
            var cursor = TextCursor(at: base)
            cursor.put(id)
            bytes += UnsafeRawBufferPointer(start: base, count: cursor.position - base)
        }
        bytes += Array("\",".utf8)
    }
}

/// The generator of one system's events, and the next event. Exactly one of the two generators is set; both change in place.
private struct TrafficSource: Sendable {
    var plain: TrafficGenerator?
    var recipes: RecipeTraffic?
    var line: TrafficLine?

    mutating func advance() {
        line = plain != nil ? plain?.nextLine() : recipes?.next()
    }
}

extension TrafficGenerator {
    /// The next event as a line without its opening brace.
    fileprivate mutating func nextLine() -> TrafficLine? {
        guard let event = next() else { return nil }
        let text = withUnsafeTemporaryAllocation(byteCount: 512, alignment: 8) { memory -> String in
            guard let base = memory.baseAddress else { return "" }
            var cursor = TextCursor(at: base)
            cursor.put(event, id: nil)
            return String(decoding: UnsafeRawBufferPointer(start: base + 1, count: cursor.position - base - 1), as: UTF8.self)
        }
        return TrafficLine(time: event.time, number: made, text: text)
    }
}

/// The traffic of a system described by recipes. Each slot of time takes the earliest event that is already planned and due, or
/// draws a recipe. The first slots use every recipe once, so that every signal occurs.
struct RecipeTraffic: Sendable {
    private let options: TrafficOptions
    private let shape: TrafficShape
    private let recipes: [TrafficRecipe]
    private let choice: WeightedChoice
    private var maker: TrafficMaker
    private var pending: [TrafficLine] = []
    private var slot = 0
    private var hour = 0

    init(_ system: CatalogSystem, _ options: TrafficOptions) {
        self.options = options
        shape = TrafficShape(events: options.events, days: options.days, start: options.start)
        recipes = TrafficRecipe.all(of: system)
        choice = WeightedChoice(weights: recipes.map { Double($0.weight) })
        let salt = UInt64(CatalogSystem.allCases.firstIndex(of: system) ?? 0)
        maker = TrafficMaker(seed: RandomStream.mixed(options.seed &+ salt &* 0x9E37_79B9_7F4A_7C15))
    }

    mutating func next() -> TrafficLine? {
        guard slot < options.events else { return nil }
        while slot >= shape.cumulative[hour] { hour += 1 }
        let first = hour == 0 ? 0 : shape.cumulative[hour - 1]
        let inHour = Int64(shape.cumulative[hour] - first)
        let place = Int64(slot - first) * TrafficShape.hour + maker.below(UInt64(TrafficShape.hour))
        let now = shape.start + Int64(hour) * TrafficShape.hour + place / inHour
        slot += 1
        // Beginnings take precedence: an end that is due waits for the next slot, and is slightly late.
        if slot > recipes.count, let due = pending.first, due.time <= now { return removeEarliest() }
        maker.now = now
        maker.isFailing = shape.incident.range.contains(now)
        let recipe = slot <= recipes.count ? slot - 1 : choice.draw(&maker.random)
        recipes[recipe].make(&maker)
        let lines = maker.takeLines()
        for line in lines.dropFirst() { add(line) }
        return lines.first
    }

    private mutating func add(_ line: TrafficLine) {
        pending.append(line)
        var child = pending.count - 1
        while child > 0, pending[child] < pending[(child - 1) / 2] {
            pending.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private mutating func removeEarliest() -> TrafficLine {
        let earliest = pending[0]
        let last = pending.removeLast()
        guard !pending.isEmpty else { return earliest }
        pending[0] = last
        var parent = 0
        while parent * 2 + 1 < pending.count {
            var child = parent * 2 + 1
            if child + 1 < pending.count, pending[child + 1] < pending[child] { child += 1 }
            if pending[parent] < pending[child] { break }
            pending.swapAt(parent, child)
            parent = child
        }
        return earliest
    }
}

/// Something that happens in a system: its relative frequency, and the events it makes. The first of them happens immediately.
struct TrafficRecipe: Sendable {
    let weight: Int
    let make: @Sendable (inout TrafficMaker) -> Void

    init(_ weight: Int, _ make: @escaping @Sendable (inout TrafficMaker) -> Void) {
        self.weight = weight
        self.make = make
    }

    static func all(of system: CatalogSystem) -> [TrafficRecipe] {
        switch system {
        case .bookiji: []
        case .atomic: atomicRequests + atomicPages + atomicFeatures
        case .flashfusion: flashfusion
        case .chatbot: chatbot
        case .monitoring: monitoring
        }
    }
}
