internal import VarveEvents

/// The messages of OTLP: field names in JSON and field numbers in protobuf.
enum OTLPSchema: Sendable {
    case logs, traces, metrics
    case resourceLogs, resourceSpans, resourceMetrics, scopeLogs, scopeSpans, scopeMetrics
    case resource, scope, keyValue, anyValue, arrayValue, keyValueList
    case logRecord, span, spanEvent, spanLink, status
    case metric, gauge, sum, histogram, exponentialHistogram, summary
    case numberPoint, histogramPoint, exponentialPoint, buckets, summaryPoint, quantile, exemplar

    /// The encoding of a value in both.
    enum Kind: Sendable {
        case text, bytes, traceID, spanID, flag
        case varint, zigzag, fixed32, fixed64, double
        case message(OTLPSchema)
    }

    struct Field: Sendable {
        var number: UInt32
        var kind: Kind

        init(_ number: UInt32, _ kind: Kind) {
            self.number = number
            self.kind = kind
        }
    }

    func field(_ name: String) -> Field? { Self.tables[self]?[name] }

    private typealias Table = [String: Field]

    private static let tables: [OTLPSchema: Table] = {
        var tables: [OTLPSchema: Table] = envelopes
        tables.merge(records) { $1 }
        tables.merge(points) { $1 }
        return tables
    }()

    private static let envelopes: [OTLPSchema: Table] = [
        .logs: ["resourceLogs": Field(1, .message(.resourceLogs))],
        .traces: ["resourceSpans": Field(1, .message(.resourceSpans))],
        .metrics: ["resourceMetrics": Field(1, .message(.resourceMetrics))],
        .resourceLogs: ["resource": Field(1, .message(.resource)), "scopeLogs": Field(2, .message(.scopeLogs))],
        .resourceSpans: ["resource": Field(1, .message(.resource)), "scopeSpans": Field(2, .message(.scopeSpans))],
        .resourceMetrics: ["resource": Field(1, .message(.resource)), "scopeMetrics": Field(2, .message(.scopeMetrics))],
        .scopeLogs: ["scope": Field(1, .message(.scope)), "logRecords": Field(2, .message(.logRecord))],
        .scopeSpans: ["scope": Field(1, .message(.scope)), "spans": Field(2, .message(.span))],
        .scopeMetrics: ["scope": Field(1, .message(.scope)), "metrics": Field(2, .message(.metric))],
        .resource: ["attributes": Field(1, .message(.keyValue))],
        .scope: ["name": Field(1, .text), "version": Field(2, .text), "attributes": Field(3, .message(.keyValue))],
        .keyValue: ["key": Field(1, .text), "value": Field(2, .message(.anyValue))],
        .anyValue: anyValueFields,
        .arrayValue: ["values": Field(1, .message(.anyValue))],
        .keyValueList: ["values": Field(1, .message(.keyValue))],
    ]

    private static let anyValueFields: Table = [
        "stringValue": Field(1, .text), "boolValue": Field(2, .flag), "intValue": Field(3, .varint),
        "doubleValue": Field(4, .double), "arrayValue": Field(5, .message(.arrayValue)),
        "kvlistValue": Field(6, .message(.keyValueList)), "bytesValue": Field(7, .bytes),
    ]

    private static let records: [OTLPSchema: Table] = [.logRecord: logRecordFields, .span: spanFields].merging([
        .spanEvent: ["timeUnixNano": Field(1, .fixed64), "name": Field(2, .text), "attributes": Field(3, .message(.keyValue))],
        .spanLink: [
            "traceId": Field(1, .traceID), "spanId": Field(2, .spanID), "attributes": Field(4, .message(.keyValue)),
        ],
        .status: ["message": Field(2, .text), "code": Field(3, .varint)],
    ]) { $1 }

    private static let logRecordFields: Table = [
        "timeUnixNano": Field(1, .fixed64), "observedTimeUnixNano": Field(11, .fixed64), "severityNumber": Field(2, .varint),
        "severityText": Field(3, .text), "body": Field(5, .message(.anyValue)), "attributes": Field(6, .message(.keyValue)),
        "droppedAttributesCount": Field(7, .varint), "flags": Field(8, .fixed32), "traceId": Field(9, .traceID),
        "spanId": Field(10, .spanID), "eventName": Field(12, .text),
    ]

    private static let spanFields: Table = [
        "traceId": Field(1, .traceID), "spanId": Field(2, .spanID), "traceState": Field(3, .text),
        "parentSpanId": Field(4, .spanID), "name": Field(5, .text), "kind": Field(6, .varint),
        "startTimeUnixNano": Field(7, .fixed64), "endTimeUnixNano": Field(8, .fixed64),
        "attributes": Field(9, .message(.keyValue)), "droppedAttributesCount": Field(10, .varint),
        "events": Field(11, .message(.spanEvent)), "droppedEventsCount": Field(12, .varint),
        "links": Field(13, .message(.spanLink)), "droppedLinksCount": Field(14, .varint),
        "status": Field(15, .message(.status)),
    ]

    private static let points: [OTLPSchema: Table] = [
        .metric: [
            "name": Field(1, .text), "unit": Field(3, .text), "gauge": Field(5, .message(.gauge)),
            "sum": Field(7, .message(.sum)), "histogram": Field(9, .message(.histogram)),
            "exponentialHistogram": Field(10, .message(.exponentialHistogram)), "summary": Field(11, .message(.summary)),
        ],
        .gauge: ["dataPoints": Field(1, .message(.numberPoint))],
        .sum: [
            "dataPoints": Field(1, .message(.numberPoint)), "aggregationTemporality": Field(2, .varint),
            "isMonotonic": Field(3, .flag),
        ],
        .histogram: ["dataPoints": Field(1, .message(.histogramPoint)), "aggregationTemporality": Field(2, .varint)],
        .exponentialHistogram: [
            "dataPoints": Field(1, .message(.exponentialPoint)), "aggregationTemporality": Field(2, .varint),
        ],
        .summary: ["dataPoints": Field(1, .message(.summaryPoint))],
        .numberPoint: numberPointFields, .histogramPoint: histogramPointFields, .exponentialPoint: exponentialPointFields,
        .buckets: ["offset": Field(1, .zigzag), "bucketCounts": Field(2, .varint)],
        .summaryPoint: [
            "attributes": Field(7, .message(.keyValue)), "startTimeUnixNano": Field(2, .fixed64),
            "timeUnixNano": Field(3, .fixed64), "count": Field(4, .fixed64), "sum": Field(5, .double),
            "quantileValues": Field(6, .message(.quantile)), "flags": Field(8, .varint),
        ],
        .quantile: ["quantile": Field(1, .double), "value": Field(2, .double)],
        .exemplar: [
            "filteredAttributes": Field(7, .message(.keyValue)), "timeUnixNano": Field(2, .fixed64),
            "asDouble": Field(3, .double), "asInt": Field(6, .fixed64), "spanId": Field(4, .spanID),
            "traceId": Field(5, .traceID),
        ],
    ]

    private static let numberPointFields: Table = [
        "attributes": Field(7, .message(.keyValue)), "startTimeUnixNano": Field(2, .fixed64),
        "timeUnixNano": Field(3, .fixed64), "asDouble": Field(4, .double), "asInt": Field(6, .fixed64),
        "exemplars": Field(5, .message(.exemplar)), "flags": Field(8, .varint),
    ]

    private static let histogramPointFields: Table = [
        "attributes": Field(9, .message(.keyValue)), "startTimeUnixNano": Field(2, .fixed64),
        "timeUnixNano": Field(3, .fixed64), "count": Field(4, .fixed64), "sum": Field(5, .double),
        "bucketCounts": Field(6, .fixed64), "explicitBounds": Field(7, .double), "exemplars": Field(8, .message(.exemplar)),
        "flags": Field(10, .varint), "min": Field(11, .double), "max": Field(12, .double),
    ]

    private static let exponentialPointFields: Table = [
        "attributes": Field(1, .message(.keyValue)), "startTimeUnixNano": Field(2, .fixed64),
        "timeUnixNano": Field(3, .fixed64), "count": Field(4, .fixed64), "sum": Field(5, .double), "scale": Field(6, .zigzag),
        "zeroCount": Field(7, .fixed64), "positive": Field(8, .message(.buckets)), "negative": Field(9, .message(.buckets)),
        "flags": Field(10, .varint), "exemplars": Field(11, .message(.exemplar)), "min": Field(12, .double),
        "max": Field(13, .double), "zeroThreshold": Field(14, .double),
    ]
}
