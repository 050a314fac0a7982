/// The names in generated traffic: the components of a booking site, its endpoints, and error texts.
enum TrafficNames {
    /// Busiest first. `true`: a component that mostly loads (lists, panels); `false`: one that mostly acts (buttons, forms).
    static let components: [(name: StaticString, loads: Bool)] = [
        ("PaymentButton", false), ("VendorInbox", true), ("BookingCalendar", true), ("CheckoutForm", false),
        ("SearchResults", true), ("AddToCartButton", false), ("MessageComposer", false), ("VendorCard", true),
        ("SlotPicker", false), ("ReviewForm", false), ("ProfileEditor", false), ("NotificationBell", true),
        ("FavoriteToggle", false), ("CouponField", false), ("MapView", true), ("FilterPanel", true),
        ("QuoteRequestForm", false), ("BookingSummary", true), ("RescheduleDialog", false), ("CancelButton", false),
        ("VendorDashboard", true), ("PayoutTable", true), ("InvoiceList", true), ("ChatWindow", true),
        ("AvailabilityEditor", false), ("ServiceMenu", true), ("PhotoUploader", false), ("RatingStars", false),
        ("LoginForm", false), ("SignupForm", false), ("PasswordReset", false), ("AddressBook", true),
        ("CardManager", false), ("RefundDialog", false), ("SupportWidget", true), ("ReferralBanner", true),
        ("LanguageMenu", false), ("AdminAudit", true), ("ReportExport", false), ("FeatureTour", true),
    ]

    static let endpoints: [StaticString] = [
        "/api/bookings", "/api/payments", "/api/vendors/search", "/api/messages", "/api/availability", "/api/reviews",
        "/api/quotes", "/api/notifications", "/api/profile", "/api/cart", "/api/refunds", "/api/invoices",
    ]

    static let rollbackReasons: [StaticString] = [
        "network_error", "server_error", "validation_failed", "conflict", "timeout",
    ]

    static let finalErrors: [StaticString] = ["HTTP 503", "HTTP 502", "timeout", "ECONNRESET"]

    static let errors: [(type: StaticString, message: StaticString)] = [
        ("TypeError", "Cannot read properties of undefined"), ("ChunkLoadError", "Loading chunk failed"),
        ("NetworkError", "Failed to fetch"), ("RenderError", "Too many re-renders"),
    ]

    static let recoveryMethods: [StaticString] = ["retry", "reset", "reload", "fallback"]

    static let suppressionReasons: [StaticString] = ["already_processing", "too_soon"]
}

/// The signals of the five resilience families, in the order of `TrafficSignal.names`.
enum TrafficSignal: UInt8, Sendable, CaseIterable {
    case actionStart, actionSuccess, actionRollback
    case retryAttempt, retrySuccess, retryFailure
    case boundaryTriggered, boundaryRecovered
    case skeletonShown, skeletonHidden
    case clickSuppressed

    var name: StaticString {
        switch self {
        case .actionStart: "optimistic_action.start"
        case .actionSuccess: "optimistic_action.success"
        case .actionRollback: "optimistic_action.rollback"
        case .retryAttempt: "retry.attempt"
        case .retrySuccess: "retry.success"
        case .retryFailure: "retry.failure"
        case .boundaryTriggered: "error_boundary.triggered"
        case .boundaryRecovered: "error_boundary.recovered"
        case .skeletonShown: "loading_skeleton.shown"
        case .skeletonHidden: "loading_skeleton.hidden"
        case .clickSuppressed: "debounced_click.suppressed"
        }
    }
}
