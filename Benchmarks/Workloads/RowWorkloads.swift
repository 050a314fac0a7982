internal import VarveCatalog
internal import VarveEvents
internal import VarveWire

/// Rows into columns, and texts into rows.
extension Workload {
    static func eventWorkloads(_ traffic: Traffic) -> [Workload] {
        [
            Workload("events.build", events: traffic.events) {
                var generator = TrafficGenerator(traffic.options)
                var builder = BatchBuilder()
                var hash = ResultHash()
                while generator.fill(&builder) > 0 { hash.add(summary(of: builder.finish())) }
                return hash.value
            },
            Workload("events.slice", events: traffic.events) {
                var hash = ResultHash()
                for batch in traffic.batches {
                    let middle = batch.rowCount / 3..<(batch.rowCount - batch.rowCount / 3)
                    hash.add(summary(of: batch.slice(rows: middle)))
                }
                return hash.value
            },
        ]
    }

    static func wireWorkloads(_ traffic: Traffic) -> [Workload] {
        var generator = TrafficGenerator(traffic.options)
        var json: [UInt8] = []
        while case let lines = generator.nextLines(), !lines.isEmpty { json += lines }
        let access = accessLog(lines: traffic.events)
        return [
            Workload("wire.ndjson", events: traffic.events) { [json] in decode(json, .ndjson) },
            Workload("wire.access-log", events: traffic.events) { decode(access, .combined) },
        ]
    }

    private static func decode(_ text: [UInt8], _ format: InputFormat) -> UInt64 {
        var decoder = InputDecoder(DecodeOptions(format, now: Timestamp(nanoseconds: 1_893_456_000_000_000_000)))
        var hash = ResultHash()
        text.withUnsafeBytes { decoder.feed($0) }
        decoder.finish()
        while let block = decoder.nextBlock(flush: true) {
            hash.add(block.batch.map { summary(of: $0) } ?? 0, block.rejections.count)
        }
        return hash.value
    }

    /// Lines as web servers write them, each a little different.
    private static func accessLog(lines: Int) -> [UInt8] {
        let paths = ["/", "/favicon.ico", "/images/logo.png", "/presentations/2026/slides.html?page=7", "/api/v1/orders"]
        var text = ""
        for line in 0..<lines {
            let (minute, second) = (line / 60 % 60, line % 60)
            let time = "17/May/2026:\(10 + line / 3600 % 10):\(minute < 10 ? "0" : "")\(minute):\(second < 10 ? "0" : "")\(second)"
            text += "83.149.\(line % 251).\(line % 13) - - [\(time) +0000] \"GET \(paths[line % paths.count]) HTTP/1.1\" "
            text += "\(line % 17 == 0 ? 404 : 200) \(200 + line % 40_000) \"-\" \"Mozilla/5.0 (X11; Linux x86_64)\"\n"
        }
        return Array(text.utf8)
    }

    private static func summary(of batch: EventBatch) -> Int {
        var times: Int64 = 0
        for time in batch.times { times &+= time }
        return batch.rowCount &* 31 &+ batch.columns.count &* 7 &+ Int(truncatingIfNeeded: times)
    }
}
