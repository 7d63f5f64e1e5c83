import CPostgres
package import Threads

extension Connection {
  /// Connects, within the settings' `connectLimit` and the deadline, whichever ends first.
  ///
  /// libpq resolves names on the connection's own thread and blocks there for as long as the
  /// resolver likes. The caller does not wait for that: it stands in a line for the outcome, and
  /// lines have deadlines.
  package nonisolated(nonsending) static func open(
    _ settings: ConnectionSettings, deadline: Deadline = .never
  ) async throws -> Connection {
    guard let thread = PollThread.ifPossible(name: "postgres") else {
      throw PostgresError.unavailable("no thread or descriptor left for a connection")
    }
    let connection = Connection(settings: settings, thread: thread)
    let span = min(deadline.remaining ?? settings.connectLimit, settings.connectLimit)
    let outcome = WaitingLine<Result<Void, any Error>>([])
    let connecting = Task {
      do {
        outcome.give(.success(try await connection.connect(by: .after(span))))
      } catch {
        outcome.give(.failure(error))
      }
    }
    defer { connecting.cancel() }
    do {
      try await outcome.take(by: .after(span + Stopping.grace)).get()
      return connection
    } catch WaitingLine<Result<Void, any Error>>.GaveUp.cancelled {
      throw PostgresError.cancelled
    } catch WaitingLine<Result<Void, any Error>>.GaveUp.deadlinePassed {
      throw settings.tooSlow
    }
  }

  private nonisolated(nonsending) func connect(by deadline: Deadline) async throws {
    do {
      try await exchange(by: deadline) { connection, exchange in
        try connection.connect(exchange)
      }
    } catch PostgresError.timedOut {
      throw settings.tooSlow
    }
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
        throw settings.tooSlow
      }
    }
  }
}

extension ConnectionSettings {
  fileprivate var tooSlow: PostgresError { .unavailable("no connection to \(self) in time") }
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
