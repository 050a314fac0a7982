internal import HTTPTypes

extension HTTPField.Name {
    static let idempotencyKey = known("Idempotency-Key")
    static let varveProducer = known("Varve-Producer")
    static let varveEpoch = known("Varve-Epoch")
    static let varveSequence = known("Varve-Sequence")
    static let varveOffset = known("Varve-Offset")
    static let varveBehind = known("Varve-Behind")
    static let varveRange = known("Varve-Range")
    static let varveCompleteFrom = known("Varve-Complete-From")
    static let varveNextCursor = known("Varve-Next-Cursor")
    static let varveDamaged = known("Varve-Damaged")
    static let varveSecret = known("X-Varve-Secret")
    static let internalSecret = known("X-Internal-Secret")
    static let varveTenant = known("X-Varve-Tenant")
    static let varveCSRF = known("X-Varve-CSRF")
    static let lastEventID = known("Last-Event-ID")
    static let secFetchSite = known("Sec-Fetch-Site")
    static let accelBuffering = known("X-Accel-Buffering")
    static let contentTypeOptions = known("X-Content-Type-Options")
    static let referrerPolicy = known("Referrer-Policy")

    /// A name that is spelled here, and can be one.
    private static func known(_ text: String) -> Self {
        guard let name = Self(text) else { preconditionFailure("\(text) is no header's name") }
        return name
    }
}
