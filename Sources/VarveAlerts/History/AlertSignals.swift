internal import VarveEvents

/// The signals that alerting appends to the log of what it watches.
enum AlertSignals {
    static let prefix = "alert."
    static let pending = "alert.pending"
    static let cancelled = "alert.cancelled"
    static let triggered = "alert.triggered"
    static let resolved = "alert.resolved"
    static let noData = "alert.no_data"
    static let dataBack = "alert.data_back"
    /// Takes back an event that was said before.
    static let retracted = "alert.retracted"
    static let acknowledged = "alert.acknowledged"
    static let silenced = "alert.silenced"
    static let silenceEnded = "alert.silence_ended"
    /// Which rules are evaluated from now on.
    static let evaluating = "alert.evaluating"
    static let settings = "config.changed"
    static let thresholds = "threshold.changed"

    /// What a setting of a rule is called: `alerts.rules.ID.enabled`, `alerts.rules.ID.threshold`.
    static let settingPrefix = "alerts.rules."
    /// What FlashFusion calls the settings of its alerts: `alertConfig.enabled`, `alertConfig.thresholds.NAME`.
    static let configPrefix = "alertConfig."

    static func of(_ kind: AlertChange.Kind) -> String {
        switch kind {
        case .pending: pending
        case .cancelled: cancelled
        case .firing: triggered
        case .resolved: resolved
        case .noData: noData
        case .dataBack: dataBack
        }
    }

    /// Whether an event sets something of a rule.
    static func isSetting(_ event: Event) -> Bool {
        if event.signal == thresholds { return true }
        guard event.signal == settings, case .string(let key)? = event[attribute: "key"] else { return false }
        return key.hasPrefix(settingPrefix) || key.hasPrefix(configPrefix)
    }

    static func kind(_ signal: String) -> AlertChange.Kind? {
        AlertChange.Kind.allCases.first { of($0) == signal }
    }
}
