internal import Foundation
internal import VarveEvents
internal import VarveProjections
public import VarveSettings

// Routes as settings write them:
//
//     routing:
//       zone: Europe/Berlin
//       routes:
//         - match: [severity=critical]
//           channels: [pagerduty]
//           escalate: [{after: 15m, channels: [phone]}]
//           continue: true
//         - match: [team=db]
//           hours: mon-fri 08:00-18:00
//           channels: [slack-db]
//       inhibit:
//         - {source: [rule=host_down], target: [severity=warning], equal: [host]}
extension AlertRouting {
    private static let depthMax = 16

    /// Reads `routing`. `channels` are the names that there are.
    public static func read(_ node: SettingsNode, channels: Set<String>) throws(SettingsError) -> AlertRouting {
        let map = try node.mapping(keys: ["zone", "routes", "inhibit"])
        var routing = AlertRouting()
        if let node = map["zone"] {
            let name = try node.string()
            guard TimeZone(identifier: name) != nil else {
                throw node.error(.badValue, "\"\(name.prefix(60))\" is no zone, as UTC or Europe/Berlin")
            }
            routing.zone = name
        }
        for item in try map["routes"]?.items() ?? [] { routing.routes.append(try route(item, channels, depth: 0)) }
        for item in try map["inhibit"]?.items() ?? [] {
            let map = try item.mapping(keys: ["source", "target", "equal"])
            let source = try matchers(try map.required("source"))
            let target = try matchers(try map.required("target"))
            guard !source.isEmpty, !target.isEmpty else { throw item.error(.badValue, "source and target have conditions") }
            routing.inhibitions.append(
                Inhibition(source: source, target: target, equal: try map["equal"].map(RuleReader.names) ?? []))
        }
        return routing
    }

    private static func route(_ node: SettingsNode, _ known: Set<String>, depth: Int) throws(SettingsError) -> AlertRoute {
        guard depth < depthMax else { throw node.error(.tooLarge, "routes are nested more than \(depthMax) times") }
        let map = try node.mapping(keys: ["match", "hours", "channels", "escalate", "continue", "routes"])
        var route = AlertRoute()
        if let node = map["match"] { route.matchers = try matchers(node) }
        if let node = map["hours"] {
            let text = try node.string()
            guard let hours = RouteHours(text) else {
                throw node.error(.badValue, "hours are like mon-fri 08:00-18:00, not \"\(text.prefix(40))\"")
            }
            route.hours = hours
        }
        if let node = map["channels"] {
            route.channels = try RuleReader.names(node)
            try check(route.channels ?? [], known, node)
        }
        if let node = map["escalate"] {
            let steps = try EscalationStep.read(node)
            for step in steps { try check(step.channels, known, node) }
            route.escalation = steps
        }
        route.goesOn = try map["continue"]?.bool() ?? false
        for item in try map["routes"]?.items() ?? [] { route.routes.append(try Self.route(item, known, depth: depth + 1)) }
        return route
    }

    private static func check(_ names: [String], _ known: Set<String>, _ node: SettingsNode) throws(SettingsError) {
        for name in names where !known.contains(name) && name != "console" {
            let there = known.union(["console"]).sorted().joined(separator: ", ")
            throw node.error(.badValue, "there is no channel \"\(name.prefix(60))\"; there are \(there)")
        }
    }

    private static func matchers(_ node: SettingsNode) throws(SettingsError) -> [FieldCondition] {
        var matchers: [FieldCondition] = []
        for text in try RuleReader.names(node) {
            do throws(FieldConditionError) { matchers.append(try FieldCondition(parsing: text)) } catch {
                throw node.error(.badValue, "\(error)")
            }
        }
        return matchers
    }
}
