internal import Foundation

/// Finds the addresses of a name, and takes the first that may be reached. What is connected to is the address that was looked
/// at, so that a name that answers otherwise a moment later changes nothing.
struct Resolver: Sendable {
    enum Found: Sendable {
        case address(IPAddress)
        case refused(String)
        case unknown(String)
    }

    let rules: AddressRules

    func find(_ host: String) async -> Found {
        let addresses: [IPAddress]
        if let literal = IPAddress(host) {
            addresses = [literal]
        } else {
            addresses = await Self.ask(host)
        }
        guard !addresses.isEmpty else { return .unknown("the name \(host) has no address") }
        var why: String?
        for address in addresses {
            guard let refusal = rules.refusal(address) else { return .address(address) }
            why = why ?? refusal
        }
        return .refused(why ?? "")
    }

    /// On a thread of its own: the system's resolver blocks.
    private static func ask(_ host: String) async -> [IPAddress] {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: lookUp(host)) }
        }
    }

    private static func lookUp(_ host: String) -> [IPAddress] {
        var hints = addrinfo()
        #if canImport(Glibc)
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
        hints.ai_socktype = SOCK_STREAM
        #endif
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var found: [IPAddress] = []
        var next = list
        while let entry = next?.pointee {
            if let address = address(entry), !found.contains(address) { found.append(address) }
            next = entry.ai_next
        }
        return found
    }

    private static func address(_ entry: addrinfo) -> IPAddress? {
        guard let raw = entry.ai_addr else { return nil }
        switch entry.ai_family {
        case AF_INET:
            return raw.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { pointer in
                IPAddress(four: withUnsafeBytes(of: pointer.pointee.sin_addr) { Array($0) })
            }
        case AF_INET6:
            return raw.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { pointer in
                IPAddress(sixteen: withUnsafeBytes(of: pointer.pointee.sin6_addr) { Array($0) })
            }
        default: return nil
        }
    }
}
