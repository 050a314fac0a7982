/// The `d` of a path in relative steps. Places are rounded first and steps taken between them, so that nothing drifts.
struct PathText {
    private(set) var text = ""
    private var x = 0
    private var y = 0
    private var isLine = false

    mutating func move(_ x: Double, _ y: Double) {
        (self.x, self.y) = (Self.tenths(x), Self.tenths(y))
        text += "M" + Self.digits(self.x)
        add(self.y)
        isLine = false
    }

    mutating func line(_ x: Double, _ y: Double) {
        let (nextX, nextY) = (Self.tenths(x), Self.tenths(y))
        let step = Self.digits(nextX - self.x)
        text += isLine ? (step.hasPrefix("-") ? step : " " + step) : "l" + step
        add(nextY - self.y)
        (self.x, self.y) = (nextX, nextY)
        isLine = true
    }

    mutating func close() {
        text += "z"
        isLine = false
    }

    private mutating func add(_ value: Int) {
        let digits = Self.digits(value)
        text += digits.hasPrefix("-") ? digits : " " + digits
    }

    private static func tenths(_ value: Double) -> Int { Int((min(1e7, max(-1e7, value.isFinite ? value : 0)) * 10).rounded()) }
    private static func digits(_ value: Int) -> String { NumberText.coordinate(Double(value) / 10) }
}
