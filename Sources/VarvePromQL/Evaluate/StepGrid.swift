/// Moments of evaluation, evenly spaced.
struct StepGrid {
    /// Milliseconds since 1970.
    let start: Int64
    let step: Int64
    let count: Int

    func time(_ index: Int) -> Int64 { start &+ step &* Int64(index) }
    var end: Int64 { time(count - 1) }

    /// The first of them alone.
    var first: StepGrid { StepGrid(start: start, step: step, count: 1) }

    func moved(by milliseconds: Int64) -> StepGrid { StepGrid(start: start &+ milliseconds, step: step, count: count) }
}
