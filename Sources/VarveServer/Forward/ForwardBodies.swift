internal import VarveEvents
internal import VarveWire

/// Requests' bodies, made of samples and events: pure.
enum ForwardBodies {
    /// A body, its type, and what follows the receiver's address.
    struct Body: Sendable {
        var suffix = ""
        var bytes: [UInt8]
        var headers: [(String, String)]
    }

    static func lines(_ text: [UInt8]) -> Body {
        Body(bytes: text, headers: [("Content-Type", "application/x-ndjson")])
    }

    /// Prometheus' remote write, 1.0.
    static func remoteWrite(_ samples: [ForwardSample]) -> Body {
        var series: [[ForwardSample.Label]: [ForwardSample]] = [:]
        for sample in samples {
            let all = sample.labels.filter { $0.name != "__name__" } + [.init(name: "__name__", value: sample.name)]
            let sorted = all.sorted { Array($0.name.utf8).lexicographicallyPrecedes(Array($1.name.utf8)) }
            series[sorted, default: []].append(sample)
        }
        var message = ProtobufWriter()
        for (labels, samples) in series.sorted(by: { $0.value[0].milliseconds < $1.value[0].milliseconds }) {
            var one = ProtobufWriter()
            for label in labels {
                var pair = ProtobufWriter()
                pair.text(1, label.name)
                pair.text(2, label.value)
                one.data(1, pair.bytes)
            }
            for sample in samples.sorted(by: { $0.milliseconds < $1.milliseconds }) {
                var pair = ProtobufWriter()
                pair.double(1, sample.value)
                pair.varint(2, UInt64(bitPattern: sample.milliseconds))
                one.data(2, pair.bytes)
            }
            message.data(1, one.bytes)
        }
        return Body(
            bytes: SnappyBlock.pack(message.bytes),
            headers: [
                ("Content-Type", "application/x-protobuf"), ("Content-Encoding", "snappy"),
                ("X-Prometheus-Remote-Write-Version", "0.1.0"),
            ])
    }

    /// Datadog's series, version 2: gauges.
    static func datadog(_ samples: [ForwardSample]) -> Body {
        var groups: [[String]: [ForwardSample]] = [:]
        for sample in samples {
            groups[[sample.name] + sample.labels.map { "\($0.name):\($0.value)" }, default: []].append(sample)
        }
        let series = groups.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { key, samples in
            var line = JSONLine()
            line.field("metric", key[0])
            line.field("type", 3)
            let points = samples.sorted { $0.milliseconds < $1.milliseconds }.map { sample in
                var point = JSONLine()
                point.field("timestamp", sample.milliseconds / 1_000)
                point.field("value", sample.value)
                return point.text
            }
            line.field("points", json: JSONLine.array(points))
            line.field("tags", json: JSONLine.array(key.dropFirst().map(JSONLine.string)))
            return line.text
        }
        return Body(
            bytes: Array("{\"series\":\(JSONLine.array(series))}".utf8), headers: [("Content-Type", "application/json")])
    }
}
