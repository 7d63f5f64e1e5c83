import Jobs
import JobStore
import Logging
import Postgres
import Threads

/// Writes settlements in batches: while one is on its way, the next gathers.
///
/// A settlement is kept until the database has answered: a run that did its work must not be
/// forgotten because PostgreSQL was away for a minute.
actor SettlementWriter {
  /// What became of a settlement.
  enum Answer: Sendable {
    case written
    /// The run is no longer ours, and the outcome was dropped.
    case lost
  }

  private struct Waiting {
    var attempt: SettledAttempt
    var done: CheckedContinuation<Answer, Never>
  }

  private let store: JobStore
  private let watch: DatabaseWatch
  private let log: Logger
  private var waiting: [Waiting] = []
  private var isWriting = false
  private var hasGivenUp = false

  init(store: JobStore, watch: DatabaseWatch, log: Logger) {
    self.store = store
    self.watch = watch
    self.log = log
  }

  func settle(_ attempt: SettledAttempt) async -> Answer {
    await withCheckedContinuation { done in
      waiting.append(Waiting(attempt: attempt, done: done))
      if !isWriting {
        isWriting = true
        Task { await writeAll() }
      }
    }
  }

  private func writeAll() async {
    while !waiting.isEmpty {
      let batch = Array(waiting.prefix(100))
      waiting.removeFirst(batch.count)
      let answers = await write(batch.map(\.attempt))
      for (one, answer) in zip(batch, answers) { one.done.resume(returning: answer) }
    }
    isWriting = false
  }

  private func write(_ batch: [SettledAttempt]) async -> [Answer] {
    var pause = Duration.milliseconds(100)
    while !hasGivenUp {
      let askedAt = SystemClock.sinceBoot()
      do {
        let settled = try await store.settle(batch)
        watch.succeeded(askedAt: askedAt)
        return try await answers(batch, settled)
      } catch let error as PostgresError where error.isRefusal {
        return await writeRefused(batch, error)
      } catch {
        watch.failed(error, in: "settle", askedAt: askedAt)
        log.warning("settling waits for the database", metadata: ["error": "\(error)"])
        try? await SystemClock.sleep(for: pause)
        pause = min(pause * 2, .seconds(2))
      }
    }
    return batch.map { _ in .lost }
  }

  /// The server will not store something in this batch. Alone, each shows whether it is the one;
  /// the one is settled as failed without what it brought, and then without even its own words, so
  /// that it does not hold its lock for ever.
  private func writeRefused(_ batch: [SettledAttempt], _ error: PostgresError) async -> [Answer] {
    guard batch.count == 1, var attempt = batch.first else {
      var answers: [Answer] = []
      for attempt in batch { answers += await write([attempt]) }
      return answers
    }
    let bare = "what the attempt left to be stored was refused: SQLSTATE \(error.sqlState ?? "-")"
    guard attempt.settlement.reason != bare else { return [.lost] }
    let hadLoad = attempt.ending.result != nil || attempt.output != nil
    let words = hadLoad ? "its result cannot be stored: \(error)" : bare
    attempt.ending = .failed(words)
    attempt.settlement.state = .failed
    attempt.settlement.readyAt = nil
    attempt.settlement.reason = words
    attempt.output = nil
    return await write([attempt])
  }

  /// What is still unwritten will not be: the process must end.
  func giveUp() { hasGivenUp = true }

  private func answers(_ batch: [SettledAttempt], _ settled: Set<Int64>) async throws -> [Answer] {
    var answers: [Answer] = []
    for attempt in batch {
      if settled.contains(attempt.claim.run) {
        answers.append(.written)
      } else {
        // Not found may mean that our own reply was lost: the attempt's row tells.
        answers.append(try await store.wasSettled(attempt.claim) ? .written : .lost)
      }
    }
    return answers
  }
}

extension PostgresError {
  /// The server understood and will not: asking again changes nothing. A server that takes no writes
  /// (25), waits for a lock (55) or cannot reach its disk (58) will take them again.
  fileprivate var isRefusal: Bool {
    switch self {
    case .server(let error):
      !["08", "25", "40", "53", "55", "57", "58"].contains(error.sqlState.prefix(2))
    case .encoding: true
    default: false
    }
  }
}
