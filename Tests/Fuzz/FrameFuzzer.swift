// libFuzzer's entry: any bytes, all their checksums made right, are refused with an error or decoded. Built by Tests/Fuzz/run,
// with ForgedFrame.swift beside it.

/// One input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneFrame(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var frame = Array(UnsafeBufferPointer(start: start, count: count))
    ForgedFrame.reseal(&frame)
    _ = ForgedFrame.decode(frame)
    return 0
}
