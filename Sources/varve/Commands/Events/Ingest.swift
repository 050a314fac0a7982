import ArgumentParser
import VarveCatalog
import VarveDisk
import VarveEvents
import VarveHash
import VarveIngest
import VarveLog
import VarveServer
import VarveWire

struct Ingest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ingest",
        abstract: "Append events from files or standard input to a log, durably.",
        discussion: """
            An event in NDJSON is one line:
              {"time":"2026-01-31T23:59:59Z","signal":"retry.success",
               "component":"Cart","session_id":"s1","data":{"retry_count":2}}
            "id", "tenant" and "user_id" are optional. An event whose id is already in
            the log is a duplicate and is not appended again.

            Files may be gzip, whatever their name; other packed files are refused with the
            command that unpacks them. JSON may also be one array of objects, or objects over
            several lines. A refused record goes to rejected/ in the data directory with line,
            reason and original bytes; it does not stop the ingest.

              varve ingest events.ndjson --data data
              tail -F app.ndjson | varve ingest - --data data --acks
              varve ingest access.log.gz --data data --format combined
              varve ingest spans/*.csv.gz --data data --format csv --map spans.yaml
              varve ingest worker-queue.ndjson --data data --format atomic

            The records of the five systems are read as they are (docs/wire): one JSON
            object or list per line. Message texts and personal data are truncated, hashed
            or dropped before they enter the log, as configured by --privacy.

            With --acks, {"ack":L,"offset":O,"durability":"sync"} means that the first L
            input lines, and everything below offset O, are on disk. Under --durability
            interval:200 it has "interval" and "durable_within_ms":200 instead: the lines
            survive a kill of varve at once, and a power cut may lose the last 200 ms of
            them and the time of one fsync. If lines are lost because the disk fails, the
            command exits with 74 and names their offsets.

            With --producer, a file is identified by its uncompressed lines: re-ingesting
            it after a kill, renamed, compressed, completed or grown, adds only the missing
            lines, with or without ids. A file whose lines changed counts as another file,
            and so does a file read with another --format, --map, --time-unit, --policy or
            --privacy: all of its lines are appended again, so that events without ids are
            then in the log twice.

            With --max-rejected, the command exits with 65 if more records were refused: a
            number (0 allows none) or a percentage (2%). The others are in the log.
            """)

    @Argument(help: "Files, or - for standard input.") var files: [String] = ["-"]
    @OptionGroup var data: DataOption
    @Option(
        help: ArgumentHelp(
            """
            ndjson, csv; auto (detected from the first lines); combined, common, vhost_combined, nginx_main, or an access log's \
            own format ('$remote_addr …', '%h …'), w3c, caddy, traefik, cloudflare; pino, bunyan, zap, ecs, docker, cri, \
            journald, logfmt, syslog, zeek; or a system's own records: bookiji, atomic, flashfusion, chatbot, monitoring.
            """, valueName: "format"))
    var format = FormatArgument.format(.ndjson)
    @Option(help: ArgumentHelp("A mapping of the fields of CSV, JSON and other formats with fields.", valueName: "map.yaml"))
    var map: String?
    @Option(help: "The unit of numeric times: s, ms, us, ns, auto (by magnitude); rfc3339 refuses numbers.")
    var timeUnit = TimeFormat.milliseconds
    @Option(help: ArgumentHelp("The zone of times without one: UTC, +02:00, Europe/Berlin.", valueName: "zone"))
    var zone: TimeZoneRule?
    @Option(help: "The input's encoding, if not UTF-8: latin1, windows-1252, utf-16, utf-16le, utf-16be.")
    var encoding: TextEncoding?
    @Option(help: ArgumentHelp("The signal of events without one.", valueName: "name")) var signal: String?
    @Option(help: "Events that differ from the catalog: lenient keeps and counts them, strict refuses them.")
    var policy: CheckPolicy?
    @Option(help: "none, standard or strict; default: standard for a system's own records, otherwise none.")
    var privacy: PrivacyProfile?
    @Option(help: ArgumentHelp("A file whose bytes key the hashes of hashed values.", valueName: "file")) var privacyKey: String?
    @Option(
        help: ArgumentHelp(
            "The durability of acknowledged lines: sync, or interval with 50 to 1000 milliseconds.",
            valueName: "sync|interval[:MS]"))
    var durability = DurabilityArgument.sync
    @Option(help: ArgumentHelp("A name under which these files are recognised when they are ingested again.", valueName: "name"))
    var producer: String?
    @Option(
        help: ArgumentHelp(
            "Exit with code 65 if more records were refused: a number, or a percentage; 0 allows none.",
            valueName: "N|P%"))
    var maxRejected: RejectionLimit?
    @Flag(help: "Print a line for each acknowledged group of lines, with its durability level.") var acks = false
    @Flag(help: "Print a final JSON object.") var json = false

    func validate() throws {
        try format.validate()
        if map != nil, !format.input.takesMapping, format != .format(.auto) {
            throw ValidationError("--map works with csv, ndjson and other formats with fields, not with \(format.name).")
        }
        if let signal, !EventLimits.isName(signal) {
            throw ValidationError("--signal must have 1 to \(EventLimits.nameBytes) bytes and no control characters.")
        }
        if files.count(where: { $0 == "-" }) > 1 { throw ValidationError("Standard input can be read only once.") }
        if let producer, producer.isEmpty || files.contains("-") {
            throw ValidationError("--producer needs a name and files; standard input cannot be recognised again.")
        }
    }

    func run() async throws {
        if format == .format(.csv), map == nil { throw withoutMapping }
        let now = Timestamp(nanoseconds: wallClockNanoseconds())
        let mapText = try map.map { try SettingsText.read($0, option: "--map") }
        var options = DecodeOptions(
            format.input, now: now, timeFormat: timeUnit,
            mapping: try mapText.map { try FieldMapping(yaml: $0, file: map ?? "") }, records: format.records)
        options.zone = zone
        options.lineFormat = format.lineFormat
        options.encoding = encoding
        options.defaultSignal = signal
        options.keepsRecords = policy == .strict
        let policy = IngestPolicy(check: policy ?? .lenient, privacy: try batchPrivacy())
        let runOptions = IngestCommandRun.RunOptions(
            durability: durability, producer: producer.map { FileProducer(name: $0, reading: reading(mapText)) },
            printsAcks: acks)
        StopSignal.install()
        if try sendsToServer() { return }
        let output = json ? ReceiptOutput.json(showsFlags: self.policy != nil || format.records != nil) : .text
        let result = try await IngestCommandRun.run(
            files, options, data: data.path, policy: policy, runOptions: runOptions, output: output)
        try result.check(files, maxRejected: maxRejected, hintWhenAllRefused: hint(result))
    }

    /// Sends the files to the server that holds the directory. False if there is none.
    private func sendsToServer() throws -> Bool {
        guard (try? ControlClient(data: data.path)) != nil else { return false }
        var query: [(name: String, value: String)] = []
        if format != .format(.ndjson) { query.append(("format", format.name)) }
        if timeUnit != .milliseconds { query.append(("time_unit", timeUnit.rawValue)) }
        if let signal { query.append(("signal", signal)) }
        if durability != .sync { query.append(("durability", durability.level.rawValue)) }
        let folder = ControlSocket.mappings(data.path) + "/"
        var options: [(name: String, isGiven: Bool)] = [
            ("--map", map != nil), ("--producer", producer != nil), ("--acks", acks), ("--zone", zone != nil),
            ("--encoding", encoding != nil), ("--policy", policy != nil), ("--privacy", privacy != nil),
            ("--privacy-key", privacyKey != nil), ("this --format", format.input == .logFormat),
        ]
        if let map, map.hasPrefix(folder), map.hasSuffix(".yaml") {
            query.append(("mapping", String(map.dropFirst(folder.count).dropLast(5))))
            options.removeAll { $0.name == "--map" }
        }
        let unsupported = options.filter(\.isGiven).map(\.name)
        guard unsupported.isEmpty else {
            throw CommandFailure(
                .lockHeld,
                "a server holds the data directory, and ingest beside it does not support \(unsupported.joined(separator: ", "))",
                place: data.path, next: "leave them out (a mapping may be in \(folder)), or stop the server")
        }
        try ControlIngest(query: query, cutsJSON: format.input.isJSONLines).run(
            files, data: data.path, durability: durability, maxRejected: maxRejected, json: json)
        return true
    }

    /// What to do when not one record could be read.
    private func hint(_ result: IngestResult) -> String {
        guard let guess = result.looksLike else { return format.hintWhenAllRefused }
        guard guess.format == .csv, map == nil, let draft else { return guess.hint }
        return "this looks like \(guess.what): --format csv --map MAP.yaml; " + draft
    }

    /// The error for a table without a mapping.
    private var withoutMapping: CommandFailure {
        CommandFailure(.usage, "--format csv needs --map MAP.yaml", next: draft ?? "docs/using.md describes mappings")
    }

    /// A proposed mapping of the first file as a table; nil if the file cannot be read.
    private var draft: String? {
        guard let file = files.first, file != "-", !file.hasSuffix(".gz") else { return nil }
        let name = file.split(separator: "/").last.map(String.init) ?? file
        let word = name.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }
        guard let opened = try? RealDisk().openFile(file), let bytes = try? opened.read(64 << 10, at: 0),
            let proposal = MappingDraft(bytes, signal: "\(word.isEmpty ? "table" : word).row")
        else { return nil }
        return "review and save this draft as MAP.yaml, from the first lines of \(name):\n\n\(proposal.yaml)"
    }

    private func batchPrivacy() throws -> BatchPrivacy? {
        let key = try privacyKey.map { try SettingsText.bytes($0, option: "--privacy-key") } ?? []
        return (privacy ?? format.privacy).map { BatchPrivacy($0, key: key) }
    }

    /// Everything that decides which lines are accepted, and as what.
    private func reading(_ mapText: String?) -> String {
        let privacy = (privacy ?? format.privacy)?.rawValue ?? "-"
        let mapHash = mapText.map { "\(Array($0.utf8).withUnsafeBytes { SHA256Digest(of: $0) })" } ?? "-"
        let added =
            (zone.map { " --zone \($0.name)" } ?? "") + (signal.map { " --signal \($0)" } ?? "")
            + (encoding.map { " --encoding \($0.rawValue)" } ?? "")
        return "--format \(format.name) --time-unit \(timeUnit.rawValue) --policy \((policy ?? .lenient).rawValue) "
            + "--privacy \(privacy) --map \(mapHash)" + added
    }
}
