/// What can be done that is recorded: its raw value is the event's signal.
public enum AuditAct: String, CaseIterable, Sendable {
    case login = "audit.login"
    case loginRefused = "audit.login_refused"
    case logout = "audit.logout"
    case tokenCreated = "audit.token_created"
    case tokenRevoked = "audit.token_revoked"
    case userAdded = "audit.user_added"
    case userChanged = "audit.user_changed"
    case userRemoved = "audit.user_removed"
    case password = "audit.password_changed"
    case viewChanged = "audit.view_changed"
    case viewRemoved = "audit.view_removed"
    case alertAcknowledged = "audit.alert_acknowledged"
    case alertResolved = "audit.alert_resolved"
    case ruleChanged = "audit.rule_changed"
    case silenced = "audit.silenced"
    case silenceEnded = "audit.silence_ended"
    case settings = "audit.settings_changed"
    case retention = "audit.retention"
    case compaction = "audit.compaction"
    case repair = "audit.repair"
    case export = "audit.export"
    /// A page that was looked at.
    case view = "audit.view"
    /// Any other request of the scopes `alerts` and `admin` that changes something.
    case change = "audit.changed"
}
