package import DeskStore
package import JobStore
import Jobs
package import Postgres
import TradingTime

/// How long the past is kept.
package struct Keeping: Hashable, Sendable {
  /// Runs with their attempts and results, slots with their decisions, alarms that cleared.
  package var history: Duration
  /// The broker's answers, byte for byte: some hundred megabytes a day. And what is read beside
  /// them: what the feed said of orders, and syncs that a later one of their session covers.
  package var vault: Duration

  package static let standard = Keeping(
    history: .seconds(400 * 86_400), vault: .seconds(30 * 86_400))
  /// Yesterday must stay explicable whatever somebody asks for.
  package static let least = Duration.seconds(2 * 86_400)

  package init(history: Duration, vault: Duration) {
    self.history = history
    self.vault = vault
  }
}

package struct PrunedHistory: Hashable, Sendable, Codable {
  package var runs: Int64 = 0
  package var slots: Int64 = 0
  package var answers: Int64 = 0
  package var acknowledgements: Int64 = 0
  package var snapshots: Int64 = 0
  package var alarms: Int64 = 0

  package var words: String {
    "\(runs) runs, \(slots) slots, \(answers) broker answers, \(acknowledgements) "
      + "acknowledgements of orders and \(snapshots) syncs' snapshots taken away"
  }
}

/// Takes old history away, a small batch a transaction, so that no other statement waits for it and
/// a stop in its midst loses nothing.
package struct Pruning: Sendable {
  package typealias Batch = @Sendable (any Queryable) async throws -> PrunedBatch
  /// Gives one batch its transaction.
  package typealias Write = @Sendable (Batch) async throws -> PrunedBatch

  let store: JobStore
  let desk: DeskDatabase
  /// What is taken back comes up again for ever, so of each kind only one batch is tried.
  let isDryRun: Bool
  let write: Write

  package init(
    store: JobStore, desk: DeskDatabase, isDryRun: Bool = false, write: @escaping Write
  ) {
    self.store = store
    self.desk = desk
    self.isDryRun = isDryRun
    self.write = write
  }

  package func run(_ keeping: Keeping) async throws -> PrunedHistory {
    var pruned = PrunedHistory()
    _ = try await write { [store] database in
      try await store.markPruned(olderThan: keeping.history, on: database)
      return PrunedBatch(removed: 0, next: nil)
    }
    let runs = try await walk { [store] place, database in
      try await store.pruneRuns(olderThan: keeping.history, from: place, on: database)
    }
    pruned.runs = runs.removed
    pruned.slots = runs.slots
    for job in try await store.allJobNames(on: store.pool) {
      pruned.slots += try await walk { [store] _, database in
        .untilNone(try await store.pruneSlots(of: job, olderThan: keeping.history, on: database))
      }.removed
    }
    pruned.alarms = try await walk { [store] _, database in
      .untilNone(try await store.pruneAlarms(olderThan: keeping.history, on: database))
    }.removed
    pruned.answers = try await walk { [desk] place, database in
      let batch = try await desk.pruneVault(olderThan: keeping.vault, from: place, on: database)
      return PrunedBatch(removed: batch.removed, next: batch.next)
    }.removed
    pruned.acknowledgements = try await walk { [desk] place, database in
      let batch = try await desk.pruneAcknowledgements(
        olderThan: keeping.vault, from: place, on: database)
      return PrunedBatch(removed: batch.removed, next: batch.next)
    }.removed
    pruned.snapshots = try await walk { [desk] place, database in
      let batch = try await desk.pruneSnapshots(
        olderThan: keeping.vault, from: place, on: database)
      return PrunedBatch(removed: batch.removed, next: batch.next)
    }.removed
    return pruned
  }

  private func walk(
    _ batch: @escaping @Sendable (Int64, any Queryable) async throws -> PrunedBatch
  ) async throws -> PrunedBatch {
    var all = PrunedBatch(removed: 0, next: 0)
    while let from = all.next {
      try Task.checkCancellation()
      let step = try await write { try await batch(from, $0) }
      all.removed += step.removed
      all.slots += step.slots
      all.next = isDryRun ? nil : step.next
    }
    return all
  }
}

extension PrunedBatch {
  /// For what goes from the front each time.
  fileprivate static func untilNone(_ removed: Int64) -> PrunedBatch {
    PrunedBatch(removed: removed, next: removed > 0 ? 0 : nil)
  }
}

struct PruneHistory: WorkUnit {
  static let kind = "pruning"
  static let description = UnitDescription(
    name: "prune-history",
    summary: "takes runs, slots and broker answers away that are older than is kept",
    isIdempotent: true, resultKind: kind,
    parameters: [
      .init("history", .duration, "how long runs and slots are kept; 400d by default"),
      .init(
        "vault", .duration,
        "how long the broker's answers, acknowledgements and snapshots are kept; 30d by default"),
    ])

  let tools: DeskTools

  func run(_ attempt: Attempt) async throws -> RunResult {
    let parameters = Parameters(attempt)
    let keeping = Keeping(
      history: try parameters.span("history", default: Keeping.standard.history),
      vault: try parameters.span("vault", default: Keeping.standard.vault))
    guard min(keeping.history, keeping.vault) >= Keeping.least else {
      throw UnitFailure("'history' and 'vault' must be \(Keeping.least.spelled) or longer")
    }
    let pruning = Pruning(
      store: attempt.store, desk: tools.desk, isDryRun: attempt.isDryRun
    ) { batch in
      try await attempt.write { try await batch($0) }
    }
    let pruned = try await pruning.run(keeping)
    attempt.say(pruned.words)
    return RunResult(
      kind: Self.kind,
      figures: [
        "runs": JSONValue(Int(pruned.runs)), "slots": JSONValue(Int(pruned.slots)),
        "answers": JSONValue(Int(pruned.answers)),
        "acknowledgements": JSONValue(Int(pruned.acknowledgements)),
        "snapshots": JSONValue(Int(pruned.snapshots)),
        "alarms": JSONValue(Int(pruned.alarms)),
      ])
  }
}
