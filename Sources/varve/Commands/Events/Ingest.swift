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
        abstract: "Append events from files or standard input to a log, durably.",
        discussion: """
            An event in NDJSON is one line:
              {"time":"2026-01-31T23:59:59Z","signal":"retry.success",
               "component":"Cart","session_id":"s1","data":{"retry_count":2}}
            "id", "tenant" and "user_id" may be there too. An event whose id the log
            already has is a duplicate and is not appended again.

            Files whose name ends in .gz are unpacked. A record that is refused goes
            to rejected/ in the data directory with line, reason and its own bytes;
            it stops nothing.

              varve ingest events.ndjson --data data
              tail -F app.ndjson | varve ingest - --data data --acks
              varve ingest access.log.gz --data data --format combined
              varve ingest spans/*.csv.gz --data data --format csv --map spans.yaml
              varve ingest worker-queue.ndjson --data data --format atomic

            The records of the five systems are read as they are (docs/wire): one JSON
            object or list on each line. What people wrote and who they are is cut,
            hashed or left out before it enters the log; --privacy says how much.

            With --acks, {"ack":L,"offset":O,"durability":"sync"} says that the first L
            input lines are on disk, and that everything below offset O is. Under
            --durability interval:200 it says "interval" and "durable_within_ms":200
            instead: lines outlive a kill of varve at once, and a power cut may take the
            last 200 ms of them, and the time of one fsync. When that happens to a disk
            that fails, the command ends with 74 and names the offsets.

            With --producer, a file is known by its unpacked lines: ingested again after a
            kill, renamed, compressed, completed or grown, it adds only the lines that are
            missing, with or without ids. A file whose lines changed is another one, and so
            is a file that is read with another --format, --map, --time-unit, --policy or
            --privacy: all of its lines are taken again, and those without ids are there
            twice then.

            With --max-rejected, the command ends with 65 when more records were refused:
            a number (0 is strict) or a share of all (2%). The others are in the log.
            """)

    @Argument(help: "Files, or - for standard input.") var files: [String] = ["-"]
    @OptionGroup var data: DataOption
    @Option(
        help: ArgumentHelp(
            """
            ndjson, csv; auto (told from the first lines); combined, common, vhost_combined, nginx_main, or the format of an \
            access log itself ('$remote_addr …', '%h …'), w3c, caddy, traefik, cloudflare; pino, bunyan, zap, ecs, docker, cri, \
            journald, logfmt, syslog, zeek; or whose records: bookiji, atomic, flashfusion, chatbot, monitoring.
            """, valueName: "format"))
    var format = FormatArgument.format(.ndjson)
    @Option(help: ArgumentHelp("What the fields of CSV, JSON and the other formats with fields mean.", valueName: "map.yaml"))
    var map: String?
    @Option(help: "The unit of times that are numbers: s, ms, us, ns, auto (told by their size); or rfc3339 for none.")
    var timeUnit = TimeFormat.milliseconds
    @Option(help: ArgumentHelp("The zone of times that have none: UTC, +02:00, Europe/Berlin.", valueName: "zone"))
    var zone: TimeZoneRule?
    @Option(help: "The encoding of the input, where it is not UTF-8: latin1, windows-1252, utf-16, utf-16le, utf-16be.")
    var encoding: TextEncoding?
    @Option(help: ArgumentHelp("The signal of events that name none.", valueName: "name")) var signal: String?
    @Option(help: "Events that are not as the catalog says: lenient keeps and counts them, strict refuses them.")
    var policy: CheckPolicy?
    @Option(help: "none, standard or strict; a system's own records get standard, everything else none.")
    var privacy: PrivacyProfile?
    @Option(help: ArgumentHelp("A file whose bytes are mixed into hashed values.", valueName: "file")) var privacyKey: String?
    @Option(
        help: ArgumentHelp(
            "What is promised when a line is acknowledged: sync, or interval with 50 to 1000 milliseconds.",
            valueName: "sync|interval[:MS]"))
    var durability = DurabilityArgument.sync
    @Option(help: ArgumentHelp("Number the appends of these files under a name, to know them again.", valueName: "name"))
    var producer: String?
    @Option(
        help: ArgumentHelp(
            "End with exit code 65 when more records were refused: a number, or a share of all; 0 is strict.",
            valueName: "N|P%"))
    var maxRejected: RejectionLimit?
    @Flag(help: "Print a line after each group that is safe, with the level of that.") var acks = false
    @Flag(help: "End with one JSON object.") var json = false

    func validate() throws {
        try format.validate()
        if map != nil, !format.input.takesMapping, format != .format(.auto) {
            throw ValidationError("--map goes with csv, ndjson and the other formats with fields, not with \(format.name).")
        }
        if let signal, !EventLimits.isName(signal) {
            throw ValidationError("--signal has 1 to \(EventLimits.nameBytes) bytes and no control characters.")
        }
        if files.count(where: { $0 == "-" }) > 1 { throw ValidationError("Standard input can be read only once.") }
        if let producer, producer.isEmpty || files.contains("-") {
            throw ValidationError("--producer needs a name, and files; standard input cannot be known again.")
        }
    }

    func run() async throws {
        if format == .format(.csv), map == nil { throw ValidationError(Self.withoutMapping(files)) }
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
        let manner = IngestCommandRun.Manner(
            durability: durability, producer: producer.map { FileProducer(name: $0, reading: reading(mapText)) },
            printsAcks: acks)
        StopSignal.install()
        if try sendsToServer() { return }
        let output = json ? ReceiptOutput.json(showsFlags: self.policy != nil || format.records != nil) : .text
        let result = try await IngestCommandRun.run(
            files, options, data: data.path, policy: policy, manner: manner, output: output)
        try result.check(files, maxRejected: maxRejected, hintWhenAllRefused: format.hintWhenAllRefused)
    }

    /// When a server holds the directory, the files go to it. False when none does.
    private func sendsToServer() throws -> Bool {
        guard (try? ControlClient(data: data.path)) != nil else { return false }
        var query: [(name: String, value: String)] = []
        if format != .format(.ndjson) { query.append(("format", format.name)) }
        if timeUnit != .milliseconds { query.append(("time_unit", timeUnit.rawValue)) }
        if let signal { query.append(("signal", signal)) }
        if durability != .sync { query.append(("durability", durability.level.rawValue)) }
        let folder = ControlSocket.mappings(data.path) + "/"
        if let map, map.hasPrefix(folder), map.hasSuffix(".yaml") {
            query.append(("mapping", String(map.dropFirst(folder.count).dropLast(5))))
        } else if map != nil || producer != nil || acks || zone != nil || encoding != nil || policy != nil || privacy != nil
            || privacyKey != nil || format.input == .logFormat
        {
            throw CommandFailure(
                .lockHeld, "a server holds the data directory, and these options cannot be told to it", place: data.path,
                next: "leave them out (a mapping may stand in \(folder)), or stop the server")
        }
        try ControlIngest(query: query).run(
            files, data: data.path, durability: durability, maxRejected: maxRejected, json: json)
        return true
    }

    /// What to do about a table without a mapping: one to begin with, where the first file can be looked at.
    private static func withoutMapping(_ files: [String]) -> String {
        let problem = "--format csv needs --map MAP.yaml."
        guard let file = files.first, file != "-", !file.hasSuffix(".gz") else { return problem }
        let name = file.split(separator: "/").last.map(String.init) ?? file
        let word = name.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }
        guard let opened = try? RealDisk().openFile(file), let bytes = try? opened.read(64 << 10, at: 0),
            let draft = MappingDraft(bytes, signal: "\(word.isEmpty ? "table" : word).row")
        else { return problem }
        return "\(problem) One to begin with, told from the first lines of \(name); look it over, and save it:\n\n\(draft.yaml)"
    }

    private func batchPrivacy() throws -> BatchPrivacy? {
        let key = try privacyKey.map { try SettingsText.bytes($0, option: "--privacy-key") } ?? []
        return (privacy ?? format.privacy).map { BatchPrivacy($0, key: key) }
    }

    /// What decides which lines are taken, and as what.
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
