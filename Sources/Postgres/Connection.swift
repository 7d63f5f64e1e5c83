import CPostgres
package import Threads

/// One connection to PostgreSQL, on a thread of its own.
///
/// Each exchange with the server runs through on that thread without `await`, so nothing can come
/// between question and answer; only that thread ever waits. A transaction or a COPY holds the
/// connection's turn until it is over, and others queue.
///
/// No call outlasts its deadline by more than 300 ms, whatever the server or the network does: the
/// server is asked to stop, and if it does not answer, the connection is dropped.
package actor Connection: Queryable {
  package nonisolated let settings: ConnectionSettings
  nonisolated let turn = WaitingLine([Turn()])
  nonisolated let thread: PollThread
  private nonisolated let state = Locked(State())

  /// Whoever has it may talk to the server.
  struct Turn: Sendable {}

  private struct State {
    var lossReason: String? = "not connected yet"
    var isInTransaction = false
  }

  /// `nil` before connecting and after the loss; libpq's, so touched on our thread alone.
  var handle: OpaquePointer?
  var stopping: Stopping?
  var statements = StatementCache()
  var listeners: [AsyncStream<Notification>.Continuation] = []

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    thread.asUnownedSerialExecutor()
  }

  private init(settings: ConnectionSettings) {
    self.settings = settings
    thread = PollThread(name: "postgres")
  }

  isolated deinit {
    lose("closed")
    thread.stop()
  }

  /// Connects, within the settings' `connectLimit` and the deadline, whichever ends first.
  package nonisolated(nonsending) static func open(
    _ settings: ConnectionSettings, deadline: Deadline = .never
  ) async throws -> Connection {
    let connection = Connection(settings: settings)
    let limit = min(deadline, .after(settings.connectLimit))
    try await connection.exchange(by: limit) { connection, exchange in
      try connection.connect(exchange)
    }
    return connection
  }

  /// Ends the connection; whoever still asks on it gets an error.
  package func close() {
    lose("closed")
  }

  /// Why it can no longer be used; `nil` while it can.
  package nonisolated var lossReason: String? { state.withLock { $0.lossReason } }

  /// Whether it may go back to a pool: alive, and no transaction left open on it.
  nonisolated var isReusable: Bool {
    state.withLock { $0.lossReason == nil && !$0.isInTransaction }
  }

  /// Every use of the server goes through here: from the asking task to our thread and back.
  nonisolated(nonsending) func exchange<Answer: Sendable>(
    by deadline: Deadline, isInterruptible: Bool = true,
    _ body: @escaping @Sendable (isolated Connection, Exchange) throws -> Answer
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
    _ exchange: Exchange, _ body: @Sendable (isolated Connection, Exchange) throws -> Answer
  ) throws -> Answer {
    if exchange.isCancelled { throw PostgresError.cancelled }
    if exchange.deadline.hasPassed { throw PostgresError.timedOut("a statement not yet sent") }
    defer { settle() }
    do {
      return try body(self, exchange)
    } catch let error as PostgresError {
      // The server says "canceling statement", which is true but not why.
      guard let stopping, error.sqlState == "57014" else { throw error }
      throw stopping.error
    }
  }

  /// After an exchange the connection is either ready for the next one or lost.
  private func settle() {
    if let stopping {
      while handle != nil, !stopping.request.isFinished {
        if thread.wait(fd: -1, read: false, write: false, until: stopping.graceEnd)
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
    thread.unwatch()
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
  /// stop and the wait goes on: what it then answers is the truth about the statement.
  func wait(_ exchange: Exchange, read: Bool, write: Bool) throws {
    while true {
      if stopping == nil, exchange.isCancelled { try stop(because: .cancelled) }
      let socket = PQsocket(try live)
      guard socket >= 0 else { throw lost() }
      let limit = stopping?.graceEnd ?? exchange.deadline
      switch thread.wait(fd: socket, read: read, write: write, until: limit) {
      case .ready: return
      case .interrupted: continue
      case .deadlinePassed:
        guard let stopping else {
          try stop(because: .timedOut("a statement"))
          continue
        }
        lose("\(stopping.error); the server did not answer the request to stop")
        throw stopping.error
      }
    }
  }

  private func stop(because error: PostgresError) throws {
    stopping = Stopping(error: error, request: CancelRequest(for: try live, waking: thread))
  }

  private func connect(_ exchange: Exchange) throws {
    let parameters = settings.parameters
    let handle = parameters.withCStrings { keywords, values in
      PQconnectStartParams(keywords, values, 1)
    }
    guard let handle else { throw PostgresError.unavailable("out of memory") }
    PQsetNoticeReceiver(handle, { _, _ in }, nil)
    do {
      try finishConnecting(handle, exchange)
    } catch {
      PQfinish(handle)
      throw error
    }
    PQsetnonblocking(handle, 1)
    self.handle = handle
    state.withLock { $0.lossReason = nil }
    thread.watch(fd: PQsocket(handle)) { [weak self] in
      self?.assumeIsolated { $0.readUnasked() }
    }
  }

  private func finishConnecting(_ handle: OpaquePointer, _ exchange: Exchange) throws {
    var step = PGRES_POLLING_WRITING
    while step != PGRES_POLLING_OK {
      guard step != PGRES_POLLING_FAILED, PQstatus(handle) != CONNECTION_BAD else {
        let message = PQerrorMessage(handle).map { String(cString: $0) } ?? "no message"
        throw PostgresError.unavailable(settings.redacted(message))
      }
      if exchange.isCancelled { throw PostgresError.cancelled }
      let ready = thread.wait(
        fd: PQsocket(handle), read: step == PGRES_POLLING_READING,
        write: step == PGRES_POLLING_WRITING, until: exchange.deadline)
      switch ready {
      case .ready: step = PQconnectPoll(handle)
      case .interrupted: continue
      case .deadlinePassed:
        throw PostgresError.unavailable("no connection to \(settings) in time")
      }
    }
  }

  /// Between exchanges the server speaks only to notify or to hang up. Seeing the latter at once
  /// keeps dead connections from being lent by a pool.
  private func readUnasked() {
    guard let handle else { return thread.unwatch() }
    guard PQconsumeInput(handle) == 1, PQstatus(handle) != CONNECTION_BAD else {
      return lose(errorMessage)
    }
    // The goodbye of a server that shuts down arrives as an unasked result.
    if PQisBusy(handle) == 0, PQtransactionStatus(handle) == PQTRANS_UNKNOWN {
      return lose(errorMessage)
    }
    deliverNotifications()
  }
}

extension [(keyword: String, value: String)] {
  /// Two arrays of C strings, each ended by a null, as `PQconnectStartParams` wants them.
  fileprivate func withCStrings<Answer>(
    _ body: (
      UnsafePointer<UnsafePointer<CChar>?>, UnsafePointer<UnsafePointer<CChar>?>
    ) -> Answer
  ) -> Answer {
    let keywords = map { UnsafePointer(copyCString($0.keyword)) } + [nil]
    let values = map { UnsafePointer(copyCString($0.value)) } + [nil]
    defer { for string in keywords + values { string?.deallocate() } }
    return body(keywords, values)
  }
}

private func copyCString(_ text: String) -> UnsafeMutablePointer<CChar> {
  let copy = UnsafeMutablePointer<CChar>.allocate(capacity: text.utf8.count + 1)
  for (place, byte) in text.utf8.enumerated() { copy[place] = CChar(bitPattern: byte) }
  copy[text.utf8.count] = 0
  return copy
}
