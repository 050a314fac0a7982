/// The fields of an access log's lines in addition to those of `common`.
struct AccessLogLayout: Hashable {
    let format: InputFormat
    /// `host:port` before the client.
    var hasHost = false
    /// Referer and user agent.
    var hasAgent = true
    /// The addresses of `X-Forwarded-For` at the end.
    var hasForwardedFor = false

    static let common = AccessLogLayout(format: .common, hasAgent: false)
    static let combined = AccessLogLayout(format: .combined)
    static let vhostCombined = AccessLogLayout(format: .vhostCombined, hasHost: true)
    static let nginxMain = AccessLogLayout(format: .nginxMain, hasForwardedFor: true)
    static let all = [combined, common, vhostCombined, nginxMain]
}
