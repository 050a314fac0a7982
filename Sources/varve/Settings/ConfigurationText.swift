import VarveWire

/// Settings as text: the file that `varve init` writes, the current values, and the JSON Schema.
enum ConfigurationText {
    /// Every key, with its default, commented out.
    static var template: String {
        var text = """
            # Settings of this data directory. Flags take precedence over the environment (VARVE_SECTION_KEY, such as
            # VARVE_RETAIN_DAYS), which takes precedence over this file. To set a key, remove the # before it and its section.
            # varve config validate checks this file; a running varve serve reloads it at SIGHUP.

            """
        var section = ""
        for key in ConfigurationKey.all {
            if key.section != section {
                section = key.section
                text += "\n# \(section):\n"
            }
            text += "#   \(key.name): \(example(key))   # \(key.meaning)\n"
        }
        text += "\n# listeners:   # syslog, gelf, statsd, fluent (docs/protocols/listeners.md)\n"
        text += "#   - {kind: syslog, address: 'udp://127.0.0.1:5514'}\n"
        text += "\n# forward:   # what is sent to other systems (docs/protocols/forward.md)\n"
        text += "#   - {name: metrics, to: 'http://127.0.0.1:9090/api/v1/write', format: remote_write, view: volume}\n"
        text += "\n# channels:   # where alerts go (docs/alerts.md)\n"
        text += "#   slack: {kind: slack, url_file: /etc/varve/slack}\n"
        return text
    }

    private static func example(_ key: ConfigurationKey) -> String {
        if let usual = key.usual { return usual }
        switch key.path {
        case "project.views": return "[volume, latency]"
        case "serve.otlp": return "127.0.0.1:4318"
        case "serve.grpc": return "127.0.0.1:4317"
        case "serve.certificate": return "server.pem"
        case "serve.certificate_key": return "server.key"
        case "serve.origins": return "[https://example.org]"
        default: break
        }
        switch key.kind {
        case .number(let range): return "\(range.lowerBound)"
        case .list: return "[]"
        default: return "…"
        }
    }

    /// The current values: every key with its value and source.
    static func shown(_ configuration: Configuration) -> String {
        var text = ""
        var section = ""
        for key in ConfigurationKey.all {
            if key.section != section {
                section = key.section
                text += "\(section):\n"
            }
            let entry = configuration.entries[key.path]
            let value = entry.map { yaml($0.value, isSecret: key.isSecret) } ?? key.usual ?? "null"
            text += "  \(key.name): \(value)   # \(entry?.source ?? "default")\n"
        }
        return text
    }

    static func json(_ configuration: Configuration) -> String {
        var object = JSONLine()
        for key in ConfigurationKey.all {
            let entry = configuration.entries[key.path]
            var line = JSONLine()
            line.field("value", json: entry.map { json($0.value, isSecret: key.isSecret) } ?? usual(key))
            line.field("source", entry?.source ?? "default")
            line.field("live", key.isLive)
            object.field(key.path, json: line.text)
        }
        return object.text
    }

    private static func usual(_ key: ConfigurationKey) -> String {
        guard let text = key.usual, case .success(let value) = key.read(text) else { return "null" }
        return json(value, isSecret: false)
    }

    private static func yaml(_ value: ConfigurationValue, isSecret: Bool) -> String {
        if isSecret { return "'***'" }
        switch value {
        case .text(let text): return JSONLine.string(text)
        case .list(let list): return "[" + list.map { JSONLine.string($0) }.joined(separator: ", ") + "]"
        case .number(let number): return "\(number)"
        case .interval(let seconds): return seconds.map { "\($0)s" } ?? "never"
        case .flag(let flag): return "\(flag)"
        }
    }

    private static func json(_ value: ConfigurationValue, isSecret: Bool) -> String {
        if isSecret { return "\"***\"" }
        switch value {
        case .text(let text): return JSONLine.string(text)
        case .list(let list): return JSONLine.array(list.map { JSONLine.string($0) })
        case .number(let number): return "\(number)"
        case .interval(let seconds): return seconds.map { "\"\($0)s\"" } ?? "\"never\""
        case .flag(let flag): return "\(flag)"
        }
    }

    /// The JSON Schema 2020-12 of the settings file.
    static var schema: String {
        var sections = JSONLine()
        for section in Set(ConfigurationKey.all.map(\.section)).sorted() {
            var keys = JSONLine()
            for key in ConfigurationKey.all where key.section == section {
                keys.field(key.name, json: schema(key))
                guard key.isSecret else { continue }
                var file = JSONLine()
                file.field("type", "string")
                file.field("description", "A file that contains \(key.name).")
                keys.field(key.name + "_file", json: file.text)
            }
            sections.field(
                section, json: "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":\(keys.text)}")
        }
        sections.field("channels", json: "{\"type\":\"object\",\"additionalProperties\":{\"type\":\"object\"}}")
        sections.field("listeners", json: "{\"type\":\"array\",\"items\":{\"type\":\"object\"}}")
        sections.field("forward", json: "{\"type\":\"array\",\"items\":{\"type\":\"object\"}}")
        var object = JSONLine()
        object.field("$schema", "https://json-schema.org/draft/2020-12/schema")
        object.field("title", "varve.yaml")
        object.field("type", "object")
        object.field("additionalProperties", false)
        object.field("properties", json: sections.text)
        return object.text
    }

    private static func schema(_ key: ConfigurationKey) -> String {
        var object = JSONLine()
        switch key.kind {
        case .text, .secret: object.field("type", "string")
        case .list: object.field("type", json: "[\"array\",\"string\"]")
        case .number(let range):
            object.field("type", "integer")
            object.field("minimum", range.lowerBound)
            object.field("maximum", range.upperBound)
        case .interval:
            object.field("type", "string")
            object.field("pattern", "^([0-9]+[smhd]|never)$")
        case .choice(let words): object.field("enum", json: JSONLine.array(words.map { JSONLine.string($0) }))
        case .flag: object.field("type", "boolean")
        }
        object.field("description", key.meaning)
        if key.usual != nil { object.field("default", json: usual(key)) }
        object.field("x-environment", key.environment)
        object.field("x-live", key.isLive)
        return object.text
    }
}

extension ConfigurationKey {
    var isSecret: Bool { if case .secret = kind { true } else { false } }
}
