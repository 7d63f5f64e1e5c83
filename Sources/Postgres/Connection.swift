import CPostgres
import Threads

/// One connection to PostgreSQL. libpq is entered on its poll thread alone.
///
/// An exchange with the server is question and answer; while it waits for the server, the thread
/// serves other connections. A transaction or a COPY holds the connection's turn until it is over,
/// and others queue, so an exchange has the connection for itself.
///
/// No call outlasts its deadline by more than 300 ms, whatever the server or the network does: the
/// server is asked to stop, and if it does not answer, the connection is dropped.
package actor Connection: Queryable {
  package nonisolated let settings: ConnectionSettings
  nonisolated let turn = WaitingLine([Turn()])
  nonisolated let state = Locked(State())

  nonisolated let thread: PollThread

  /// Whoever has it may talk to the server.
  struct Turn: Sendable {}

  struct State {
    var lossReason: String?
    var isInTransaction = false
    var hasGrown = false
  }

  /// `nil` after the loss.
  var handle: OpaquePointer?
  var stopping: Stopping?
  var statements = StatementCache()
  var listeners: [AsyncStream<Notification>.Continuation] = []
  /// Between exchanges, the socket that is watched.
  var watched: Int32?

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    thread.asUnownedSerialExecutor()
  }

  /// - Parameter handle: connected, and nobody else's any more.
  init(settings: ConnectionSettings, handle: sending OpaquePointer, on thread: PollThread) {
    self.settings = settings
    self.thread = thread
    self.handle = handle
  }

  isolated deinit {
    lose("closed")
  }

  /// Ends the connection; whoever still asks on it gets an error.
  package func close() {
    lose("closed")
  }

  /// Why it can no longer be used; `nil` while it can.
  package nonisolated var lossReason: String? { state.withLock { $0.lossReason } }

  nonisolated var isInTransaction: Bool { state.withLock { $0.isInTransaction } }

  /// Whether it may go back to a pool: alive, no transaction left open on it, and not grown.
  nonisolated var isReusable: Bool {
    state.withLock { $0.lossReason == nil && !$0.isInTransaction && !$0.hasGrown }
  }

  /// libpq keeps what its buffers have grown to for as long as the connection lives: without an end
  /// to that, each of a pool would sooner or later hold the largest message there ever was.
  func carried(_ bytes: Int) {
    if bytes > 1 << 20 { state.withLock { $0.hasGrown = true } }
  }

  /// Every use of the server goes through here: from the asking task to our thread and back.
  nonisolated(nonsending) func exchange<Answer: Sendable>(
    by deadline: Deadline, isInterruptible: Bool = true,
    _ body: @escaping @Sendable (isolated Connection, Exchange) async throws -> Answer
  ) async throws -> Answer {
    let exchange = Exchange(deadline: deadline, isInterruptible: isInterruptible)
    return try await withTaskCancellationHandler {
      try await carryOut(exchange, body)
    } onCancel: {
      exchange.cancel()
      thread.interrupt()
    }
  }

  private func carryOut<Answer: Sendable>(
    _ exchange: Exchange, _ body: @Sendable (isolated Connection, Exchange) async throws -> Answer
  ) async throws -> Answer {
    if exchange.isCancelled { throw PostgresError.cancelled }
    if exchange.deadline.hasPassed { throw PostgresError.timedOut("a statement not yet sent") }
    ignoreTheUnasked()
    let answer: Result<Answer, any Error>
    do {
      answer = .success(try await body(self, exchange))
    } catch {
      answer = .failure(stopping?.reason(of: error) ?? error)
    }
    await settle()
    return try answer.get()
  }

  /// After an exchange the connection is either ready for the next one or lost.
  private func settle() async {
    if let stopping, let request = stopping.request {
      while handle != nil, !request.isFinished {
        if await thread.wait(fd: -1, read: false, write: false, until: stopping.graceEnd)
          == .deadlinePassed
        {
          lose("\(stopping.error)")
        }
      }
    }
    stopping = nil
    guard let handle else { return }
    deliverNotifications()
    if PQstatus(handle) == CONNECTION_BAD { return lose(errorMessage) }
    let isInTransaction = PQtransactionStatus(handle) != PQTRANS_IDLE
    state.withLock { $0.isInTransaction = isInTransaction }
    heedTheUnasked()
  }
}

extension Connection {
  /// The handle, or the reason why there is none.
  var live: OpaquePointer {
    get throws {
      guard let handle else {
        throw PostgresError.unavailable(lossReason ?? "not connected")
      }
      return handle
    }
  }

  var errorMessage: String {
    settings.redacted(PQerrorMessage(handle).map { String(cString: $0) } ?? "no message")
  }

  func lose(_ reason: String) {
    guard let handle else { return }
    self.handle = nil
    ignoreTheUnasked()
    // Another's exchange may be waiting; libpq itself closes the socket of a broken connection.
    if PQsocket(handle) >= 0 { thread.leave(fd: PQsocket(handle)) }
    PQfinish(handle)
    state.withLock { $0.lossReason = reason.isEmpty ? "closed by the server" : reason }
    for listener in listeners { listener.finish() }
    listeners = []
  }

  /// Drops the connection and says what that means for the one who asked.
  func lost() -> PostgresError {
    let reason = errorMessage
    lose(reason)
    return .connectionLost(reason)
  }

  /// Waits for the socket. At the deadline, or when the task is cancelled, the server is asked to
  /// stop (not through a pooler) and the wait goes on for a little: what it then answers is the truth
  /// about the statement.
  func wait(_ exchange: Exchange, read: Bool, write: Bool) async throws {
    while true {
      if stopping == nil, exchange.isCancelled { try stop(because: .cancelled) }
      let socket = PQsocket(try live)
      guard socket >= 0 else { throw lost() }
      let limit = stopping?.graceEnd ?? exchange.deadline
      switch await thread.wait(fd: socket, read: read, write: write, until: limit) {
      case .ready: return
      case .interrupted: continue
      case .deadlinePassed:
        guard let stopping else {
          try stop(because: .timedOut("a statement"))
          continue
        }
        let end =
          stopping.request == nil ? "hung up" : "the server did not answer the request to stop"
        lose("\(stopping.error); \(end)")
        throw stopping.error
      }
    }
  }

  private func stop(because error: PostgresError) throws {
    let handle = try live
    stopping = Stopping(
      error: error,
      request: settings.takesRequestsToStop ? CancelRequest(for: handle, waking: thread) : nil)
  }
}
