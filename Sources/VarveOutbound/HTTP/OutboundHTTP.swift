internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOHTTP1

/// Sends requests. The address is looked at before anything is connected; redirections are not followed.
public struct OutboundHTTP: Sendable {
    private let resolver: Resolver
    /// What is read of an answer, to say why it refuses.
    private static let answerMax = 4_096

    public init(_ rules: AddressRules) { resolver = Resolver(rules: rules) }

    /// What is read of an answer that is asked for.
    private static let exchangeMax = 1 << 20

    /// Sends `request` once. What the receiver said is never part of the result but for its status.
    public func send(_ request: OutboundRequest) async -> DeliveryOutcome { await send(request, reading: Self.answerMax).outcome }

    /// Sends `request` once, and returns the answer's body where it was delivered; an answer of more than a mebibyte has none.
    public func exchange(_ request: OutboundRequest) async -> (outcome: DeliveryOutcome, body: [UInt8]) {
        await send(request, reading: Self.exchangeMax)
    }

    private func send(_ request: OutboundRequest, reading limit: Int) async -> (outcome: DeliveryOutcome, body: [UInt8]) {
        guard let url = request.url.with({ URL(string: $0) }), let scheme = url.scheme?.lowercased(),
            scheme == "http" || scheme == "https", let host = url.host(percentEncoded: false), !host.isEmpty
        else {
            return (.refused(.configuration, "the address is no http or https URL"), [])
        }
        let bare = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        let address: IPAddress
        switch await resolver.find(bare) {
        case .address(let found): address = found
        case .refused(let why): return (.refused(.address, why), [])
        case .unknown(let why): return (.retry(after: nil, .connection, why), [])
        }
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout = .init(connect: .seconds(5), read: .seconds(request.timeoutSeconds))
        if IPAddress(bare) == nil { configuration.dnsOverride = [host: address.description] }
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let result = await send(request, client, limit)
        try? await client.shutdown()
        return result
    }

    private func send(
        _ request: OutboundRequest, _ client: HTTPClient, _ limit: Int
    ) async -> (outcome: DeliveryOutcome, body: [UInt8]) {
        var outgoing = request.url.with { HTTPClientRequest(url: $0) }
        outgoing.method = HTTPMethod(rawValue: request.method)
        for header in request.headers { header.value.with { outgoing.headers.add(name: header.name, value: $0) } }
        outgoing.headers.replaceOrAdd(name: "User-Agent", value: "varve")
        outgoing.body = .bytes(ByteBuffer(bytes: request.body))
        do {
            let answer = try await client.execute(outgoing, timeout: .seconds(request.timeoutSeconds))
            let body = try? await answer.body.collect(upTo: limit)
            let outcome = StatusRule.outcome(
                Int(answer.status.code), retryAfter: answer.headers.first(name: "Retry-After"), now: Date().timeIntervalSince1970)
            return (outcome, body.map { Array($0.readableBytesView) } ?? [])
        } catch let error as HTTPClientError {
            let isTimeout = [.deadlineExceeded, .readTimeout, .connectTimeout, .writeTimeout].contains(error)
            let why = isTimeout ? "no answer in time" : error.shortDescription
            return (.retry(after: nil, isTimeout ? .timeout : .connection, why), [])
        } catch {
            return (.retry(after: nil, .connection, "the connection could not be made, or broke"), [])
        }
    }
}
