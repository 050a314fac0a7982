import Testing
import VarveAlerts
import VarveEvents

struct AlertMachineTests {
    /// One letter for each minute: `x` the condition holds, `-` it does not, `.` there is no value.
    private func run(_ readings: String, _ extra: String = "") throws -> [String] {
        let rule = try Minutes.rule("{id: a, condition: error_rate > 0.5, \(extra)}")
        var machine = AlertMachine()
        var changes: [String] = []
        for (minute, letter) in readings.enumerated() {
            let reading: Reading =
                switch letter {
                case "x": .value(1, threshold: 0.5, holds: true)
                case "-": .value(0.5, threshold: 0.5, holds: false)
                default: .absent(.noRows)
                }
            changes += machine.step(reading, of: rule, at: Minutes.time(minute)).map { "\(minute) \($0.kind.rawValue)" }
        }
        return changes
    }

    @Test func `without a duration it fires at once, and once`() throws {
        #expect(try run("--xxx--x") == ["2 firing", "5 resolved", "7 firing"])
    }

    @Test func `a duration is honoured to the minute`() throws {
        #expect(try run("-xxxxxx-", "for: 5m") == ["1 pending", "6 firing", "7 resolved"])
        #expect(try run("-xxxxx--", "for: 5m") == ["1 pending", "6 cancelled"])
        #expect(try run("xxxxx", "duration: 240") == ["0 pending", "4 firing"])
    }

    @Test func `one minute without begins the duration anew`() throws {
        #expect(try run("xx-xxx", "for: 2m") == ["0 pending", "2 cancelled", "3 pending", "5 firing"])
    }

    @Test func `what flaps is kept firing`() throws {
        #expect(try run("x-x--x---", "keep_firing_for: 3m") == ["0 firing", "8 resolved"])
        #expect(try run("x-x-", "for: 0s") == ["0 firing", "1 resolved", "2 firing", "3 resolved"])
    }

    @Test func `so many of the last so many`() throws {
        #expect(try run("x-xx-----", "matches: 3 of 5") == ["3 firing", "5 resolved"])
        #expect(try run("x-x-x", "matches: 3 of 5") == ["4 firing"])
    }

    @Test func `no data is neither well nor unwell`() throws {
        #expect(try run("xx..x-") == ["0 firing", "2 no_data", "4 data_back", "5 resolved"])
        #expect(try run("xx.-") == ["0 firing", "2 no_data", "3 data_back", "3 resolved"])
        #expect(try run("x.x", "for: 1m") == ["0 pending", "1 cancelled", "2 pending"])
        #expect(try run("x.", "no_data: resolve") == ["0 firing", "1 resolved"])
        #expect(try run("-..", "no_data: alert") == ["1 firing"])
        #expect(try run("x.", "no_data: zero") == ["0 firing", "1 resolved"])
        #expect(try run("...").isEmpty)
    }

    @Test func `the peak is the worst since it began`() throws {
        let rule = try Minutes.rule("{id: a, condition: retry_success, threshold: 0.5, for: 1m}")
        var machine = AlertMachine()
        var last: AlertChange?
        for (minute, value) in [0.4, 0.1, 0.3, 0.9].enumerated() {
            let reading = Reading.value(value, threshold: 0.5, holds: value < 0.5)
            last = machine.step(reading, of: rule, at: Minutes.time(minute)).last ?? last
        }
        #expect(last?.kind == .resolved && last?.peak == 0.1 && last?.firingAt == Minutes.time(1))
    }
}
