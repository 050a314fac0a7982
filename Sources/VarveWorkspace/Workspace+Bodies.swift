public import VarveEvents
public import VarveIngest
public import VarveLog
public import VarveWire

extension Workspace {
    /// Begins to take in the body of a request: see `BodyIngest`.
    ///
    /// - Throws: `.ingest` with the code `keyInUse` while another request has the same key, `.readOnly`.
    public func body(
        _ decoding: DecodeOptions, _ options: IngestOptions = IngestOptions(), key: BodyKey? = nil,
        policy: IngestPolicy? = IngestPolicy()
    ) throws(WorkspaceError) -> BodyIngest {
        let ingestor = try writer()
        do throws(IngestError) {
            return try BodyIngest(ingestor, decoding, options, key: key, policy: policy)
        } catch {
            throw WorkspaceError(error, place: path)
        }
    }

    /// Forgets keys of requests that nobody has sent since `time`.
    public func forgetKeys(before time: Timestamp) async throws(WorkspaceError) {
        let ingestor = try writer()
        do throws(IngestError) { try await ingestor.forgetKeys(before: time) } catch { throw WorkspaceError(error, place: path) }
    }

    /// What is wrong now behind the answers: a segment that cannot be sealed, say.
    public var backgroundErrors: [BackgroundError] { ingestor?.log.backgroundErrors ?? [] }
}
