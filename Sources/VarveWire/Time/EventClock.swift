internal import VarveEvents

/// Parses event times and refuses implausible ones: before 1990, or more than a day ahead of `now`.
struct EventClock: Sendable {
    let format: TimeFormat
    /// The zone of times without one.
    let zone: TimeZoneRule?
    let earliest: Int64
    private(set) var now: Int64
    private(set) var latest: Int64
    private let factor: Int64

    init(format: TimeFormat, now: Timestamp, zone: TimeZoneRule? = nil) {
        self.format = format
        self.zone = zone
        factor = format.unit?.nanoseconds ?? 0
        earliest = EventLimits.earliestTime.nanoseconds
        self.now = now.nanoseconds
        latest = .min
        set(now: now)
    }

    /// Updates the current time.
    mutating func set(now: Timestamp) {
        self.now = now.nanoseconds
        let (latest, overflow) = now.nanoseconds.addingReportingOverflow(EventLimits.futureNanoseconds)
        self.latest = overflow ? .max : latest
    }

    func isPlausible(_ nanoseconds: Int64) -> Bool { nanoseconds >= earliest && nanoseconds <= latest }

    /// The nanoseconds of an integer in this clock's unit; nil if implausible: `problem` gives the reason.
    @inline(__always)
    func nanoseconds(_ value: Int64) -> Int64? {
        let (product, overflow) = value.multipliedReportingOverflow(by: factor)
        return !overflow && product >= earliest && product <= latest ? product : inAnyUnit(value)
    }

    /// The nanoseconds of a time or a number as text; nil if invalid or implausible: `problem` gives the reason.
    @inline(__always)
    func nanoseconds(_ text: UnsafeRawBufferPointer) -> Int64? {
        guard let value = RFC3339.parse(text), value >= earliest, value <= latest else { return otherText(text) }
        return value
    }

    /// The nanoseconds of a number as written.
    func nanoseconds(number text: UnsafeRawBufferPointer, point: UInt8 = 0x2E) -> Int64? {
        for unit in format.unit.map({ [$0] }) ?? (format == .auto ? TimeUnit.allCases : []) {
            guard case .nanoseconds(let value) = EpochNumber.read(text, unit: unit, point: point) else { continue }
            if isPlausible(value) { return value }
        }
        return nil
    }

    @inline(never)
    private func inAnyUnit(_ value: Int64) -> Int64? {
        guard format == .auto else { return nil }
        for unit in TimeUnit.allCases {
            let (product, overflow) = value.multipliedReportingOverflow(by: unit.nanoseconds)
            if !overflow, isPlausible(product) { return product }
        }
        return nil
    }

    @inline(never)
    private func otherText(_ text: UnsafeRawBufferPointer) -> Int64? {
        guard case .moment(let seconds, let nanoseconds) = ISOTime.read(text, zone: zone) else {
            return nanoseconds(number: text)
        }
        return Self.sum(seconds, nanoseconds).flatMap { isPlausible($0) ? $0 : nil }
    }

    /// Nil beyond 64 bits.
    static func sum(_ seconds: Int64, _ nanoseconds: Int64) -> Int64? {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carry) = product.addingReportingOverflow(nanoseconds)
        return overflow || carry ? nil : sum
    }
}
