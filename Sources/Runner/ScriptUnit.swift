package import JobStore
package import Jobs
import Postgres
import Threads
import TradingTime

/// `sql:`: one script in one guarded transaction, so that all of it stands or nothing.
///
/// What the script ends with becomes the run's result inside the same transaction, and with it the
/// run is settled: a result that cannot be used takes the script back, and no runner can die between
/// the script's commit and the record of it.
package struct ScriptUnit: WorkUnit {
  package init() {}

  package func run(_ attempt: Attempt) async throws -> RunResult {
    guard case .sql(let path, let text) = attempt.job.work else {
      throw UnitFailure("job \(attempt.job.name) names no script")
    }
    return try await Script(path: path, text: text).run(attempt)
  }
}

private struct Script {
  let path: String
  let text: String

  func run(_ attempt: Attempt) async throws -> RunResult {
    try ScriptRefusals.check(text, path: path)
    let transaction = Locked<String?>(nil)
    let result = Locked<RunResult?>(nil)
    do {
      return try await attempt.finish { tx in
        let identity = try await tellFacts(of: attempt, on: tx)
        transaction.withLock { $0 = identity }
        let found = try await execute(for: attempt, on: tx)
        try await checkStillOne(identity, on: tx)
        result.withLock { $0 = found }
        return found
      }
    } catch PostgresError.commitUnknown(let reason) {
      let question = CommitQuestion(transaction: transaction.withLock { $0 }, reason: reason)
      try await question.settle(for: attempt)
      guard let found = result.withLock({ $0 }) else { throw PostgresError.commitUnknown(reason) }
      return found
    }
  }

  /// What the script reads with `current_setting('muhurat.business_date')::date`; empty where the run
  /// has no such fact. Local settings: they end with the transaction.
  ///
  /// - Returns: the transaction's own number.
  private func tellFacts(of attempt: Attempt, on tx: any Queryable) async throws -> String {
    let claim = attempt.claim
    return try await tx.query(
      """
      select pg_current_xact_id()::text as transaction,
             set_config('muhurat.job', $1, true), set_config('muhurat.run', $2, true),
             set_config('muhurat.attempt', $3, true), set_config('muhurat.due_at', $4, true),
             set_config('muhurat.business_date', $5, true), set_config('muhurat.item', $6, true),
             set_config('muhurat.lock', $7, true), set_config('muhurat.fence', $8, true),
             set_config('muhurat.dry_run', $9, true)
      """,
      claim.job, "\(claim.run)", "\(claim.attempt)", claim.dueAt?.description ?? "",
      claim.businessDate.description, claim.item ?? "", claim.lock, "\(claim.fence)",
      attempt.isDryRun ? "1" : "0"
    ).one["transaction"]
  }

  private func execute(for attempt: Attempt, on tx: any Queryable) async throws -> RunResult {
    let answers: [Rows]
    do {
      answers = try await tx.execute(script: text, deadline: attempt.deadline)
    } catch let error as PostgresError {
      throw placed(error)
    }
    let kind = attempt.job.result ?? "script"
    do {
      return try ScriptRows.result(answers.last { !$0.columns.isEmpty }, kind: kind)
    } catch {
      throw UnitFailure("\(path): the last select: \(error)")
    }
  }

  /// What was read before the execution was refused by its words; this asks the server, for what
  /// no reading finds. Temporary tables go too: the connection is lent to others next.
  private func checkStillOne(_ identity: String, on tx: any Queryable) async throws {
    let now: String = try await tx.query(
      "select pg_current_xact_id()::text as transaction"
    ).one["transaction"]
    guard now == identity else {
      throw UnitFailure(
        "\(path) ended its own transaction; what stood before that was committed, the rest was not")
    }
    try await tx.query("discard temp")
  }

  /// The server counts characters from the script's start; a person counts lines.
  private func placed(_ error: PostgresError) -> any Error {
    guard let server = error.server else { return error }
    let line = server.position.map { position in
      ":\(1 + text.unicodeScalars.prefix(position - 1).count { $0 == "\n" })"
    }
    return UnitFailure("\(path)\(line ?? ""): \(server)", isTransient: error.isTransient)
  }
}

/// COMMIT was sent and its answer lost; the server still knows what became of the transaction.
private struct CommitQuestion {
  let transaction: String?
  let reason: String

  /// Returns if it was committed; throws if not, or if nobody can tell while the attempt lasts.
  func settle(for attempt: Attempt) async throws {
    guard let transaction else { throw PostgresError.commitUnknown(reason) }
    while !attempt.deadline.hasPassed {
      switch try await status(of: transaction, for: attempt) {
      case "committed": return
      case "aborted": throw PostgresError.connectionLost("before the commit: \(reason)")
      case "in progress": try await SystemClock.sleep(for: .milliseconds(100))
      default: throw PostgresError.commitUnknown(reason)
      }
    }
    throw PostgresError.commitUnknown(reason)
  }

  private func status(of transaction: String, for attempt: Attempt) async throws -> String? {
    do {
      return try await attempt.store.pool.query(
        "select pg_xact_status($1::text::xid8) as status", transaction, deadline: attempt.deadline
      ).one["status"]
    } catch let error as PostgresError where error.isTransient {
      throw PostgresError.commitUnknown(reason)
    }
  }
}
