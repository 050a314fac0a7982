public import VarveEvents
public import VarveIngest
public import VarveLog
public import VarveWire

extension Workspace {
    /// Begins to ingest the body of a request: see `BodyIngest`.
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

    /// Forgets keys that have not been used since `time`.
    public func forgetKeys(before time: Timestamp) async throws(WorkspaceError) {
        let ingestor = try writer()
        do throws(IngestError) { try await ingestor.forgetKeys(before: time) } catch { throw WorkspaceError(error, place: path) }
    }

    /// Current background errors, such as a segment that cannot be sealed.
    public var backgroundErrors: [BackgroundError] { ingestor?.log.backgroundErrors ?? [] }
}
