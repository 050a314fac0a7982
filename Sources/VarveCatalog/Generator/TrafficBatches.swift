public import VarveEvents

/// Writes generated events directly into columns: equal to parsing the same seed's NDJSON, without the text.
extension TrafficGenerator {
    /// Adds events to `builder` until it is full, `limit` have been added, or none are left. Returns the number added.
    public mutating func fill(_ builder: inout BatchBuilder, limit: Int = .max) -> Int {
        let before = made
        let columns = TrafficColumns(&builder)
        withUnsafeTemporaryAllocation(byteCount: 64, alignment: 8) { memory in
            let base = memory.baseAddress!
            while made - before < limit, !builder.isFull, let event = next() {
                let id = options.ids ? TrafficIdentifier(of: event, number: made, seed: options.seed) : nil
                columns.add(event, id, to: &builder, memory: base)
            }
        }
        return made - before
    }
}

/// The columns of generated events, looked up once per batch.
private struct TrafficColumns {
    let action, duration, reason, endpoint, retryCount, backoff, total, finalError: ColumnHandle
    let errorType, message, method, recovery, suppression: ColumnHandle

    init(_ builder: inout BatchBuilder) {
        func handle(_ name: String, _ type: ValueType) -> ColumnHandle { builder.handle(ColumnKey(.attribute, name, type)) }
        action = handle("action_id", .string)
        duration = handle("duration_ms", .double)
        reason = handle("rollback_reason", .string)
        endpoint = handle("api_endpoint", .string)
        retryCount = handle("retry_count", .int64)
        backoff = handle("backoff_ms", .int64)
        total = handle("total_duration_ms", .double)
        finalError = handle("final_error", .string)
        errorType = handle("error_type", .string)
        message = handle("error_message", .string)
        method = handle("recovery_method", .string)
        recovery = handle("recovery_time_ms", .double)
        suppression = handle("suppression_reason", .string)
    }

    func add(_ event: TrafficEvent, _ id: TrafficIdentifier?, to builder: inout BatchBuilder, memory: UnsafeMutableRawPointer) {
        builder.beginRow(time: event.time &* 1_000_000, signal: bytes(event.signal.name))
        if let id { builder.set(.id, string: text(in: memory) { $0.put(id) }) }
        builder.set(.component, string: bytes(TrafficNames.components[Int(event.component)].name))
        builder.set(.session, string: text(in: memory) { $0.put("sess_", number: event.session, width: 8) })
        builder.set(.user, string: text(in: memory) { $0.put("user_", number: event.user, width: 7) })
        addData(of: event, to: &builder, memory: memory)
        builder.endRow()
    }

    private func addData(of event: TrafficEvent, to builder: inout BatchBuilder, memory: UnsafeMutableRawPointer) {
        let detail = Int(event.detail)
        let outcome = Int(event.outcome)
        let milliseconds = Double(event.tenths) / 10
        switch event.signal {
        case .actionStart, .actionSuccess, .actionRollback:
            builder.set(action, string: text(in: memory) { $0.put("act_", number: event.action, width: 8) })
            if event.signal == .actionStart { break }
            builder.set(duration, double: milliseconds)
            if event.signal == .actionRollback { builder.set(reason, string: bytes(TrafficNames.rollbackReasons[detail])) }
        case .retryAttempt, .retrySuccess, .retryFailure:
            builder.set(endpoint, string: bytes(TrafficNames.endpoints[detail]))
            builder.set(retryCount, int64: Int64(event.retryCount))
            if event.signal == .retryAttempt {
                builder.set(backoff, int64: Int64(event.backoff))
                break
            }
            builder.set(total, double: milliseconds)
            if event.signal == .retryFailure { builder.set(finalError, string: bytes(TrafficNames.finalErrors[outcome])) }
        case .boundaryTriggered:
            builder.set(errorType, string: bytes(TrafficNames.errors[detail].type))
            builder.set(message, string: bytes(TrafficNames.errors[detail].message))
        case .boundaryRecovered:
            builder.set(errorType, string: bytes(TrafficNames.errors[detail].type))
            builder.set(method, string: bytes(TrafficNames.recoveryMethods[outcome]))
            builder.set(recovery, double: milliseconds)
        case .skeletonShown: break
        case .skeletonHidden: builder.set(duration, double: milliseconds)
        case .clickSuppressed: builder.set(suppression, string: bytes(TrafficNames.suppressionReasons[detail]))
        }
    }

    private func bytes(_ text: StaticString) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    }

    @inline(__always)
    private func text(in memory: UnsafeMutableRawPointer, _ write: (inout TextCursor) -> Void) -> UnsafeRawBufferPointer {
        var cursor = TextCursor(at: memory)
        write(&cursor)
        return UnsafeRawBufferPointer(start: memory, count: cursor.position - memory)
    }
}

extension TextCursor {
    @inline(__always)
    fileprivate mutating func put(_ lead: StaticString, number: UInt32, width: Int) {
        put(lead)
        put(UInt64(number), width: width)
    }
}
