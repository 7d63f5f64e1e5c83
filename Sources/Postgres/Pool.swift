package import Threads

/// A bounded number of connections, made when needed and shared fairly.
///
/// A connection that died while idle is noticed by its own thread and never lent. While the
/// database is away, whoever asks waits until its deadline, during which connecting is tried again
/// and again; then it gets `unavailable` with the last reason. There is no end to the trying.
package final class Pool: Queryable {
  package let settings: ConnectionSettings
  package let size: Int
  private let thread: PollThread

  /// A place for a connection; empty until somebody needs one, and again after a loss.
  private struct Slot: Sendable {
    var connection: Connection?
  }

  private let slots: WaitingLine<Slot>
  private let reconnecting = Reconnecting()
  private let isClosed = Locked(false)
  private let lent = Locked(0)

  package init(
    _ settings: ConnectionSettings, size: Int = 8, on thread: PollThread = .shared
  ) {
    precondition(size > 0, "a pool of \(size) connections")
    self.thread = thread
    self.settings = settings
    self.size = size
    slots = WaitingLine(Array(repeating: Slot(), count: size))
  }

  /// Lends a connection for the time of `body`.
  package nonisolated(nonsending) func withConnection<Answer>(
    deadline: Deadline? = nil,
    _ body: nonisolated(nonsending) (Connection) async throws -> Answer
  ) async throws -> Answer {
    let connection = try await checkOut(by: deadline ?? .after(settings.timeLimit))
    lent.withLock { $0 += 1 }
    do {
      let answer = try await body(connection)
      await checkIn(connection)
      return answer
    } catch {
      await checkIn(connection)
      throw error
    }
  }

  /// See `Connection.transaction`.
  package nonisolated(nonsending) func transaction<Answer>(
    _ isolation: Isolation = .readCommitted, deadline: Deadline? = nil, isTakenBack: Bool = false,
    _ body: nonisolated(nonsending) (Transaction) async throws -> Answer
  ) async throws -> Answer {
    try await withConnection(deadline: deadline) { connection in
      try await connection.transaction(
        isolation, deadline: deadline, isTakenBack: isTakenBack, body)
    }
  }

  /// Closes what is idle now, and the rest as it comes back. Who asks afterwards is refused.
  package nonisolated(nonsending) func close() async {
    isClosed.withLock { $0 = true }
    for slot in slots.lookAround.things { await slot.connection?.close() }
  }

  private nonisolated(nonsending) func checkOut(by deadline: Deadline) async throws -> Connection {
    let slot = try await takeSlot(by: deadline)
    if let connection = slot.connection {
      if connection.isReusable { return connection }
      reconnecting.noteLoss(connection.lossReason ?? "left inside a transaction")
    }
    do {
      return try await connect(by: deadline)
    } catch {
      slots.give(Slot(), last: true)
      throw error
    }
  }

  private nonisolated(nonsending) func takeSlot(by deadline: Deadline) async throws -> Slot {
    do {
      return try await slots.take(by: deadline)
    } catch WaitingLine<Slot>.GaveUp.cancelled {
      throw PostgresError.cancelled
    } catch WaitingLine<Slot>.GaveUp.deadlinePassed {
      if let reason = reconnecting.failure { throw PostgresError.unavailable(reason) }
      throw PostgresError.timedOut("waiting for one of \(size) connections, all in use,")
    }
  }

  private nonisolated(nonsending) func connect(by deadline: Deadline) async throws -> Connection {
    while true {
      if isClosed.withLock({ $0 }) { throw PostgresError.unavailable("the pool is closed") }
      try await reconnecting.waitForNextTry(by: deadline)
      do {
        let connection = try await Connection.open(settings, deadline: deadline, on: thread)
        reconnecting.noteSuccess()
        return connection
      } catch PostgresError.unavailable(let reason) {
        // A try cut short by the asker's own deadline knows less than the one before it.
        let known = deadline.hasPassed ? reconnecting.failure : nil
        if known == nil { reconnecting.noteFailure(reason) }
        if deadline.hasPassed { throw PostgresError.unavailable(known ?? reason) }
      }
    }
  }

  private nonisolated(nonsending) func checkIn(_ connection: Connection) async {
    lent.withLock { $0 -= 1 }
    if connection.isReusable, !isClosed.withLock({ $0 }) {
      slots.give(Slot(connection: connection))
    } else {
      if let reason = connection.lossReason { reconnecting.noteLoss(reason) }
      slots.give(Slot(), last: true)
      await connection.close()
    }
  }
}

extension Pool {
  package struct Status: Sendable, Hashable {
    package let size: Int
    /// Connections that are up, lent or idle.
    package let open: Int
    package let idle: Int
    package let waiting: Int
    /// Since when connecting has not failed; `nil` while the database is away or was never needed.
    package let connectedSince: Timestamp?
    package let lastError: String?
    package let lastErrorAt: Timestamp?
    /// How often in a row connecting failed.
    package let failures: Int
  }

  /// How the pool is doing, without waiting for anybody.
  package var status: Status {
    let (idleSlots, waiting) = slots.lookAround
    let idle = idleSlots.count { $0.connection?.isReusable == true }
    let facts = reconnecting.facts
    return Status(
      size: size, open: idle + lent.withLock { $0 }, idle: idle,
      waiting: waiting, connectedSince: facts.connectedSince, lastError: facts.lastError,
      lastErrorAt: facts.lastErrorAt, failures: facts.failures)
  }

  @discardableResult
  package nonisolated(nonsending) func run(
    _ statement: Statement, deadline: Deadline?
  ) async throws -> Rows {
    let deadline = deadline ?? .after(settings.timeLimit)
    return try await withConnection(deadline: deadline) {
      try await $0.run(statement, deadline: deadline)
    }
  }

  @discardableResult
  package nonisolated(nonsending) func pipeline(
    _ statements: [Statement], deadline: Deadline?
  ) async throws -> [Rows] {
    let deadline = deadline ?? .after(settings.timeLimit)
    return try await withConnection(deadline: deadline) {
      try await $0.pipeline(statements, deadline: deadline)
    }
  }

  @discardableResult
  package nonisolated(nonsending) func execute(
    script: String, deadline: Deadline?
  ) async throws -> [Rows] {
    let deadline = deadline ?? .after(settings.timeLimit)
    return try await withConnection(deadline: deadline) {
      try await $0.execute(script: script, deadline: deadline)
    }
  }

  @discardableResult
  package nonisolated(nonsending) func copyIn<Source: AsyncSequence>(
    _ statement: String, _ rows: Source, deadline: Deadline?
  ) async throws -> Int where Source.Element == [any PostgresEncodable] {
    let deadline = deadline ?? .after(settings.timeLimit)
    return try await withConnection(deadline: deadline) {
      try await $0.copyIn(statement, rows, deadline: deadline)
    }
  }
}
