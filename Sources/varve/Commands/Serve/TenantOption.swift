import ArgumentParser
import VarveServer

/// Whose logs a token or a user may use.
struct TenantOption: ParsableArguments {
    @Option(
        name: .customLong("tenant"),
        help: ArgumentHelp(
            "A tenant, or several, comma-separated, of which a request chooses with X-Varve-Tenant; * for all. "
                + "By default the data directory's own log.",
            valueName: "names")) var given: String?

    func choice() throws -> TenantChoice {
        guard let choice = TenantChoice(given ?? "") else {
            throw ValidationError(
                "'\(given ?? "")' is no list of tenants: names have small letters, digits, '.', '_' and '-'.")
        }
        return choice
    }

    /// Makes the directories of tenants that are new.
    func make(at data: String) throws(ServerError) {
        try TenantFolders.make((TenantChoice(given ?? "") ?? .home).names, at: data)
    }
}
