import CPostgres
package import Threads

extension Connection {
  /// Connects, within the settings' `connectLimit` and the deadline, whichever ends first.
  ///
  /// On a thread of its own, because libpq resolves names on it and blocks there for as long as the
  /// resolver likes. The caller does not wait for that: it stands in a line for the outcome, and
  /// lines have deadlines. A connection that comes too late is nobody's and closes itself.
  package nonisolated(nonsending) static func open(
    _ settings: ConnectionSettings, deadline: Deadline = .never, on thread: PollThread = .shared
  ) async throws -> Connection {
    let span = min(deadline.remaining ?? settings.connectLimit, settings.connectLimit)
    let limit = Deadline.after(span)
    let outcome = WaitingLine<Result<Connection, any Error>>([])
    let isStarted = PlainThread.start(name: "pg-connect") {
      outcome.give(Result { try settings.connect(by: limit, on: thread) })
    }
    guard isStarted else {
      throw PostgresError.unavailable("no thread left to connect on")
    }
    do {
      let connection = try await outcome.take(by: .after(span + Stopping.grace)).get()
      await connection.heedTheUnasked()
      return connection
    } catch WaitingLine<Result<Connection, any Error>>.GaveUp.cancelled {
      throw PostgresError.cancelled
    } catch WaitingLine<Result<Connection, any Error>>.GaveUp.deadlinePassed {
      throw settings.tooSlow
    }
  }
}

extension ConnectionSettings {
  /// Blocks the thread it is called on.
  fileprivate func connect(by deadline: Deadline, on thread: PollThread) throws -> Connection {
    let handle = parameters.withCStrings { keywords, values in
      PQconnectStartParams(keywords, values, 1)
    }
    guard let handle else { throw PostgresError.unavailable("out of memory") }
    PQsetNoticeReceiver(handle, { _, _ in }, nil)
    do {
      try finishConnecting(handle, by: deadline)
    } catch {
      PQfinish(handle)
      throw error
    }
    PQsetnonblocking(handle, 1)
    return Connection(settings: self, handle: handle, on: thread)
  }

  private func finishConnecting(_ handle: OpaquePointer, by deadline: Deadline) throws {
    var step = PGRES_POLLING_WRITING
    while step != PGRES_POLLING_OK {
      guard step != PGRES_POLLING_FAILED, PQstatus(handle) != CONNECTION_BAD else {
        let message = PQerrorMessage(handle).map { String(cString: $0) } ?? "no message"
        throw PostgresError.unavailable(redacted(message))
      }
      let isReady = PlainThread.wait(
        fd: PQsocket(handle), read: step == PGRES_POLLING_READING,
        write: step == PGRES_POLLING_WRITING, until: deadline)
      guard isReady else { throw tooSlow }
      step = PQconnectPoll(handle)
    }
  }

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
