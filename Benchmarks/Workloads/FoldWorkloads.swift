internal import VarveCatalog
internal import VarveEvents
internal import VarveHash
internal import VarveProjections

/// Batches into states, and states into each other.
extension Workload {
    static func foldWorkloads(_ traffic: Traffic) -> [Workload] {
        let five: [ViewDefinition] = [.rollbackRate, .retrySuccess, .latency, .volume, .activeUsers]
        let quantiles = Measure.quantiles(of: "duration_ms", [StatisticColumn("p95", .quantile(millionths: 950_000))])
        let measures: [(String, Measure)] = [
            ("count", .count("n")), ("count-if", .count("n", when: .signal("retry.success"))),
            ("sum", .sum("sum", of: "duration_ms")), ("min", .min("least", of: "duration_ms")), ("quantiles", quantiles),
            ("distinct", .distinct("users", of: "user")), ("top-k", .topK("top", of: "api_endpoint", 5)),
            ("last", .last("last", of: "duration_ms")),
        ]
        var list = measures.map { name, measure in
            let view = ViewDefinition("one") {
                Dimension("component")
                measure
            }
            return fold("projections.fold-\(name)", [view], traffic)
        }
        list.append(fold("projections.fold-five-views", five, traffic))
        let halves = (0..<2).map { half in
            traffic.batches.enumerated().filter { $0.offset % 2 == half }.reduce(into: ViewStates(FoldPlan(five))) {
                $0.fold($1.element)
            }
        }
        list.append(
            Workload("projections.merge", events: traffic.events) {
                var merged = halves[0]
                merged.merge(halves[1])
                return hash(merged)
            })
        list.append(Workload("projections.state-bytes", events: traffic.events) { hash(halves[0]) })
        return list
    }

    private static func fold(_ name: String, _ views: [ViewDefinition], _ traffic: Traffic) -> Workload {
        let plan = FoldPlan(views)
        return Workload(name, events: traffic.events) {
            var states = ViewStates(plan)
            for batch in traffic.batches { states.fold(batch) }
            var hash = ResultHash()
            hash.add(states.all.reduce(0) { $0 + $1.buckets.count })
            return hash.value
        }
    }

    private static func hash(_ states: ViewStates) -> UInt64 {
        var hash = ResultHash()
        for state in states.all { hash.add(state.canonicalBytes()) }
        return hash.value
    }
}
