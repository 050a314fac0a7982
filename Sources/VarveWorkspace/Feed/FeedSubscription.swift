public import VarveEvents
internal import VarveLog

/// The events of a log from an offset on: see `ChangeFeed.subscribe`.
public struct FeedSubscription: AsyncSequence, Sendable {
    public typealias Element = FeedStep
    public typealias Failure = any Error

    let feed: ChangeFeed
    let offset: Offset
    let filter: LogFilter

    public func makeAsyncIterator() -> Iterator {
        Iterator(feed, offset, filter)
    }

    /// A subscriber. The log is only read when it asks for the next step.
    public struct Iterator: AsyncIteratorProtocol {
        private let feed: ChangeFeed
        private let filter: LogFilter
        private let membership: Membership
        private var cursor: UInt64
        /// Steps that were read but not yet delivered.
        private var ready: [FeedStep] = []
        private var isLagging = false
        private var hasEnded = false

        init(_ feed: ChangeFeed, _ offset: Offset, _ filter: LogFilter) {
            self.feed = feed
            self.filter = filter
            cursor = offset.value
            membership = Membership(feed)
        }

        /// Everything below this offset was delivered or filtered out.
        public var next: Offset { Offset(cursor) }

        /// Skips all events up to the current watermark.
        public mutating func skipToEnd() {
            ready = []
            cursor = Swift.max(cursor, feed.durable.value)
            isLagging = false
        }

        public mutating func next() async throws -> FeedStep? {
            try await next(isolation: nil)
        }

        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> FeedStep? {
            while !hasEnded {
                if !ready.isEmpty { return ready.removeFirst() }
                if Task.isCancelled { break }
                if feed.isStopped {
                    hasEnded = true
                    return .stopping(next: Offset(cursor))
                }
                let durable = await feed.wait(past: cursor)
                guard durable > cursor, !Task.isCancelled, !feed.isStopped else { continue }
                if let lag = noteLag(durable) { return lag }
                let part = try await feed.blocks.read(from: cursor, to: durable, where: filter)
                if let gap = part.gapBefore { ready.append(.gap(gap)) }
                for gap in part.damaged { ready.append(.gap(gap)) }
                if !part.batches.isEmpty {
                    let block = EventBlock(part.batches, next: part.next)
                    feed.metrics.delivered(block.count)
                    ready.append(.events(block))
                }
                cursor = Swift.max(cursor, part.next)
            }
            hasEnded = true
            return nil
        }

        /// Returns `.lagged` if the subscriber has fallen far behind since the last one.
        private mutating func noteLag(_ durable: UInt64) -> FeedStep? {
            let behind = durable - cursor
            if behind > feed.options.lagThreshold {
                guard !isLagging else { return nil }
                isLagging = true
                feed.metrics.lagged()
                return .lagged(behind: behind)
            }
            if behind <= feed.options.lagThreshold / 2 { isLagging = false }
            return nil
        }
    }

    /// Counts a subscriber for its lifetime.
    private final class Membership: Sendable {
        private let feed: ChangeFeed
        init(_ feed: ChangeFeed) {
            self.feed = feed
            feed.join()
        }
        deinit { feed.leave() }
    }
}
