// libFuzzer's entry for the decoders of outside formats: any bytes become events and refusals, and their sum is the records that
// were met. Built by Tests/Fuzz/wire. VARVE_FUZZ names the format; the first byte of an input says how the rest is cut.

import Foundation
import VarveEvents
import VarveWire

private let options: DecodeOptions = {
    let name = ProcessInfo.processInfo.environment["VARVE_FUZZ"] ?? "ndjson"
    var options = DecodeOptions(
        InputFormat(rawValue: name) ?? .ndjson, now: Timestamp(nanoseconds: 1_795_910_400_000_000_000))
    if options.format == .csv {
        let yaml = """
            time: [{column: t, unit: auto}, {columns: [d, t], format: "%d.%m.%Y %H:%M:%S"}]
            zone: Europe/Berlin
            id: {columns: [a, b], nullable: true}
            signal: {from: k, map: {x: y}, default: z}
            attributes: {p: {product: [a, b], type: double, scale: 0.1}, l: {lower: k}}
            rest: keep
            optional: true
            """
        options.mapping = try? FieldMapping(yaml: yaml, file: "fuzz")
    }
    options.lineFormat = #"$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer""#
    options.defaultSignal = "s"
    options.zone = TimeZoneRule("UTC")
    return options
}()

/// One input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let start, count > 1 else { return 0 }
    let cut = Int(start[0]) * 3 + 1
    var decoder = InputDecoder(options)
    var rows = 0
    var refused = 0
    func take(_ decoder: inout InputDecoder, flush: Bool) {
        while let block = decoder.nextBlock(flush: flush) {
            rows += block.batch?.rowCount ?? 0
            refused += block.rejections.count
        }
    }
    var at = 1
    while at < count {
        let end = min(count, at + cut)
        decoder.feed(UnsafeRawBufferPointer(start: start + at, count: end - at))
        take(&decoder, flush: false)
        at = end
    }
    decoder.finish()
    take(&decoder, flush: true)
    precondition(rows + refused == decoder.received, "\(rows) rows and \(refused) refusals of \(decoder.received) records")
    return 0
}
