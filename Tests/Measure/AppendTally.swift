import Foundation
import VarveEvents

func milliseconds(_ start: ContinuousClock.Instant, _ end: ContinuousClock.Instant) -> Float {
    let (seconds, attoseconds) = (end - start).components
    return Float(seconds) * 1_000 + Float(attoseconds / 1_000_000_000) * 1e-6
}

struct AppendProblem: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

struct Answer: Sendable {
    var events: Int
    var isInTime: Bool
    var milliseconds: Float
}

/// What producers were told.
struct AppendTally: Sendable {
    var acknowledged = 0
    var inTime = 0
    var payload = 0
    var appends = 0
    /// Of every append, or of every so many.
    var milliseconds: [Float] = []

    mutating func add(_ answer: Answer) {
        appends += 1
        acknowledged += answer.events
        if answer.isInTime { inTime += answer.events }
        milliseconds.append(answer.milliseconds)
    }

    mutating func add(_ other: AppendTally) {
        acknowledged += other.acknowledged
        inTime += other.inTime
        payload += other.payload
        appends += other.appends
        milliseconds += other.milliseconds
    }

    func report(_ took: Double) {
        let sorted = milliseconds.sorted()
        func at(_ share: Double) -> String {
            sorted.isEmpty ? "0" : String(format: "%.3f", sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))])
        }
        Measure.say(
            "{\"acknowledged\":\(acknowledged),\"acknowledged_in_time\":\(inTime),\"refused\":0,\"appends\":\(appends),"
                + "\"seconds\":\(took),\"p50_ms\":\(at(0.5)),\"p99_ms\":\(at(0.99)),\"max_ms\":\(at(1)),"
                + "\"payload_bytes\":\(payload)}")
    }
}
