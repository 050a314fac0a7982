extension FieldPreset {
    /// Access logs of servers: `http.request`, with the same attributes as `combined`.
    static let accessLogs: [FieldPreset] = [
        FieldPreset(
            format: .caddy, summary: "Caddy's access log, JSON",
            yaml: """
                time: {path: ts, unit: auto}
                signal: {constant: http.request}
                user: user_id
                attributes:
                  client: [request.client_ip, request.remote_ip, request.remote_addr]
                  method: request.method
                  host: request.host
                  path: {before: "?", of: request.uri}
                  query: {after: "?", of: request.uri}
                  protocol: request.proto
                  status: status
                  bytes: size
                  duration_ms: {path: duration, type: double, scale: 1000}
                  referer: "request.headers.Referer[0]"
                  user_agent: "request.headers.User-Agent[0]"
                drop: [level, msg]
                """),
        FieldPreset(
            format: .traefik, summary: "Traefik's access log, JSON",
            yaml: """
                time: [{path: StartUTC, unit: rfc3339}, {path: time, unit: rfc3339}]
                signal: {constant: http.request}
                component: [ServiceName, RouterName]
                user: {from: ClientUsername, map: {"-": ""}, unmapped: keep}
                attributes:
                  client: [ClientHost, ClientAddr]
                  method: RequestMethod
                  host: RequestHost
                  path: {before: "?", of: RequestPath}
                  query: {after: "?", of: RequestPath}
                  protocol: RequestProtocol
                  status: DownstreamStatus
                  bytes: DownstreamContentSize
                  duration_ms: {path: Duration, type: double, scale: 0.000001}
                  referer: request_Referer
                  user_agent: request_User-Agent
                drop: [level, msg]
                """),
        FieldPreset(
            format: .cloudflare, summary: "Cloudflare's HTTP requests (Logpush)",
            yaml: """
                time: {path: EdgeStartTimestamp, unit: auto}
                signal: {constant: http.request}
                id: RayID
                attributes:
                  client: ClientIP
                  method: ClientRequestMethod
                  host: ClientRequestHost
                  path: {first: [ClientRequestPath, {before: "?", of: ClientRequestURI}]}
                  query: {after: "?", of: ClientRequestURI}
                  protocol: ClientRequestProtocol
                  status: EdgeResponseStatus
                  bytes: EdgeResponseBytes
                  referer: ClientRequestReferer
                  user_agent: ClientRequestUserAgent
                """),
        FieldPreset(
            format: .w3c, summary: "W3C extended log files: IIS, CloudFront",
            yaml: """
                time: {columns: [date, time], unit: rfc3339}
                zone: UTC
                signal: {constant: http.request}
                user: cs-username
                attributes:
                  client: c-ip
                  method: cs-method
                  host: ["cs(Host)", cs-host, x-host-header]
                  path: cs-uri-stem
                  query: cs-uri-query
                  protocol: [cs-version, cs-protocol-version]
                  status: sc-status
                  bytes: sc-bytes
                  duration_ms: [time-taken, {product: [time-taken-seconds, {constant: "1000"}]}]
                  referer: "cs(Referer)"
                  user_agent: "cs(User-Agent)"
                """),
        FieldPreset(
            format: .logFormat, summary: "access logs in a format of your own: nginx's log_format or Apache's LogFormat",
            yaml: """
                time:
                  - {path: time, format: "%d/%b/%Y:%H:%M:%S %z"}
                  - {path: time_iso8601, unit: rfc3339}
                  - {path: msec, unit: s}
                  - {path: time_s, unit: s}
                signal: {constant: http.request}
                user: user
                attributes:
                  duration_us: duration_us
                  duration_ms:
                    first:
                      - {product: [duration_us, {constant: "0.001"}]}
                      - duration_ms
                      - {product: [request_time_s, {constant: "1000"}]}
                    type: double
                """),
    ]
}
