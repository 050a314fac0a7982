extension FieldPreset {
    /// Application logs: `log.entry`, with `level` in lower case and `message`.
    static let logs: [FieldPreset] = [
        FieldPreset(
            format: .pino, summary: "pino (Node.js), JSON with numeric levels",
            yaml: """
                time: {path: time, unit: auto}
                zone: UTC
                signal: {constant: log.entry}
                component: [name, service, hostname]
                attributes:
                  level:
                    from: level
                    map: {"10": trace, "20": debug, "30": info, "40": warn, "50": error, "60": fatal}
                    unmapped: keep
                    type: string
                  message: [msg, message]
                """),
        FieldPreset(
            format: .bunyan, summary: "bunyan (Node.js), JSON with numeric levels",
            yaml: """
                time: {path: time, unit: auto}
                signal: {constant: log.entry}
                component: name
                attributes:
                  level:
                    from: level
                    map: {"10": trace, "20": debug, "30": info, "40": warn, "50": error, "60": fatal}
                    unmapped: keep
                    type: string
                  message: msg
                drop: [v]
                """),
        FieldPreset(
            format: .zap, summary: "zap (Go), and JSON with level, message and time as of logrus, slog, winston, structlog",
            yaml: """
                time:
                  - {path: ts, unit: auto}
                  - {path: time, unit: auto}
                  - {path: "@timestamp", unit: auto}
                  - {path: timestamp, unit: auto}
                signal: {constant: log.entry}
                component: [logger, service]
                attributes:
                  level: {lower: level, type: string}
                  message: [msg, message, event]
                """),
        FieldPreset(
            format: .ecs, summary: "Elastic Common Schema: Filebeat and the ECS loggers",
            yaml: """
                time: {path: "@timestamp", unit: auto}
                signal: {first: [event.dataset, {constant: log.entry}]}
                component: [service.name, container.name, kubernetes.container.name, agent.name, host.name]
                user: [user.id, user.name]
                id: event.id
                attributes:
                  level: {lower: log.level, type: string}
                  message: message
                drop: ["@metadata"]
                """),
        FieldPreset(
            format: .docker, summary: "Docker's json-file log driver",
            yaml: """
                time: {path: time, unit: rfc3339}
                signal: {constant: log.entry}
                component: [attrs.tag, {file: "containers/{}/*.log"}]
                attributes:
                  message: {line: log}
                """),
        FieldPreset(
            format: .cri, summary: "containers' logs under Kubernetes (CRI)",
            yaml: """
                time: {path: time, unit: rfc3339}
                signal: {constant: log.entry}
                component: [{file: "pods/*/{}/*.log"}, {file: "*_*_{}-*.log"}]
                attributes:
                  message: message
                  pod: [{file: "pods/*_{}_*/*/*.log"}, {file: "{}_*_*.log"}]
                  namespace: [{file: "pods/{}_*_*/*/*.log"}, {file: "*_{}_*.log"}]
                """),
        FieldPreset(
            format: .journald, summary: "journalctl -o json",
            yaml: """
                time: [{path: _SOURCE_REALTIME_TIMESTAMP, unit: us}, {path: __REALTIME_TIMESTAMP, unit: us}]
                signal: {constant: log.entry}
                component: [_SYSTEMD_UNIT, SYSLOG_IDENTIFIER, _COMM]
                id: __CURSOR
                attributes:
                  level:
                    from: PRIORITY
                    map: {"0": emerg, "1": alert, "2": crit, "3": error, "4": warn, "5": notice, "6": info, "7": debug}
                  message: MESSAGE
                """),
        FieldPreset(
            format: .logfmt, summary: "logfmt: key=value pairs",
            yaml: """
                time:
                  - {path: time, unit: auto}
                  - {path: ts, unit: auto}
                  - {path: timestamp, unit: auto}
                  - {path: t, unit: auto}
                  - {path: at, unit: auto}
                signal: {first: [signal, {constant: log.entry}]}
                component: [component, service, app, logger]
                session: [session_id, session]
                user: [user_id, user]
                attributes:
                  level: {lower: {first: [level, lvl, severity]}, type: string}
                  message: [msg, message]
                """),
        FieldPreset(
            format: .syslog, summary: "syslog, RFC 5424 and RFC 3164",
            yaml: """
                time:
                  - {path: time, unit: rfc3339}
                  - {path: time, format: ["%b %e %H:%M:%S", "%b %e %Y %H:%M:%S"]}
                signal: {constant: log.entry}
                component: app
                attributes:
                  level:
                    from: severity
                    map: {"0": emerg, "1": alert, "2": crit, "3": error, "4": warn, "5": notice, "6": info, "7": debug}
                  message: message
                drop: [pri]
                """),
        FieldPreset(
            format: .zeek, summary: "Zeek's logs, tab separated or JSON",
            yaml: """
                time: {path: ts, unit: auto}
                signal:
                  concat: [{constant: zeek}, {first: [_path, {file: "{}.*log*"}, {file: "{}.log"}, {constant: record}]}]
                  separator: "."
                session: uid
                attributes:
                  duration_s: duration
                """),
    ]
}
