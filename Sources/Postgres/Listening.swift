import CPostgres

/// What somebody said with NOTIFY.
package struct Notification: Hashable, Sendable {
  package let channel: String
  package let payload: String
}

extension Connection {
  /// Listens, and gives what is heard on this connection from now on. The stream ends with the
  /// connection; who wants to go on listening opens another. At most 1024 unread are kept, the
  /// newest: a notification is a hint to look, never the news itself.
  package nonisolated(nonsending) func listen(
    to channels: String...
  ) async throws -> AsyncStream<Notification> {
    guard settings.prepared != .unnamed else {
      throw PostgresError.misuse("no LISTEN through a pooler in transaction mode; poll instead")
    }
    let script = channels.map { "listen \(quoted(identifier: $0))" }.joined(separator: "; ")
    let (stream, continuation) = AsyncStream.makeStream(
      of: Notification.self, bufferingPolicy: .bufferingNewest(1024))
    // Who holds only the stream must not lose the connection it comes from.
    continuation.onTermination = { [self] _ in withExtendedLifetime(self) {} }
    return try await inTurn(by: nil) { deadline in
      try await self.exchange(by: deadline) { connection, exchange in
        try connection.expect(PQsendQuery(connection.live, script))
        _ = try await connection.answers(exchange)
        connection.listeners.append(continuation)
      }
      return stream
    }
  }

  func deliverNotifications() {
    guard let handle else { return }
    while let notice = PQnotifies(handle) {
      defer { PQfreemem(notice) }
      let notification = Notification(
        channel: String(cString: notice.pointee.relname),
        payload: String(cString: notice.pointee.extra))
      listeners.removeAll { $0.yield(notification).isTerminated }
    }
  }
}

extension AsyncStream.Continuation.YieldResult {
  fileprivate var isTerminated: Bool {
    if case .terminated = self { true } else { false }
  }
}

/// An identifier for the few statements that cannot take it as a parameter.
package func quoted(identifier: String) -> String {
  "\"" + identifier.replacing("\"", with: "\"\"") + "\""
}
