package import Postgres
import Threads

/// A claim is no longer the lock's: somebody rescued the run, and nothing of ours may be written.
package struct ClaimLost: Error, CustomStringConvertible {
  package let run: Int64
  package let fence: Int64

  package var description: String {
    """
    run \(run) is no longer ours (fence \(fence)): its lease ended and it was taken over; \
    nothing was written
    """
  }
}

extension JobStore {
  /// Promise 3: the transaction in which a unit writes, which commits only while its claim is the
  /// lock's.
  ///
  /// The lock's row is held `for share` until the commit; reading it would not be enough, because a
  /// rescue could come between the reading and the commit. A rescue skips a row that is so held, so
  /// the time limits come first: a holder that froze inside is ended by the server after five
  /// seconds, one that hung up after one, and no statement outlives the attempt.
  ///
  /// - Parameters:
  ///   - remaining: the attempt's time, for statements.
  ///   - isTakenBack: does everything and takes it back.
  ///   - questions: what `body` is told the answers to. They travel with the guard, and are not asked
  ///     if the claim is lost.
  package func fenced<Answer: Sendable>(
    _ claim: Claim, remaining: Duration, isTakenBack: Bool = false, asking questions: [Statement],
    _ body: @Sendable (Transaction, [Rows]) async throws -> Answer
  ) async throws -> Answer {
    let guards = guards(claim, remaining: remaining)
    return try await guarded(claim, remaining: remaining, isTakenBack) { tx in
      let answers = try await tx.pipeline(guards + questions)
      return try await body(tx, Array(answers.dropFirst(guards.count)))
    }
  }

  package func fenced<Answer: Sendable>(
    _ claim: Claim, remaining: Duration,
    _ body: @Sendable (Transaction) async throws -> Answer
  ) async throws -> Answer {
    try await fenced(claim, remaining: remaining, asking: []) { tx, _ in try await body(tx) }
  }

  /// These statements and nothing else, with the commit in one round trip.
  package func fenced(
    _ claim: Claim, remaining: Duration, isTakenBack: Bool = false, _ statements: [Statement]
  ) async throws -> [Rows] {
    let guards = guards(claim, remaining: remaining)
    return try await guarded(claim, remaining: remaining, isTakenBack) { tx in
      Array(try await tx.end(with: guards + statements).dropFirst(guards.count))
    }
  }

  private func guarded<Answer: Sendable>(
    _ claim: Claim, remaining: Duration, _ isTakenBack: Bool,
    _ body: @Sendable (Transaction) async throws -> Answer
  ) async throws -> Answer {
    do {
      return try await pool.transaction(
        deadline: .after(remaining), isTakenBack: isTakenBack, body)
    } catch let error as PostgresError where error.sqlState == "MU001" {
      throw ClaimLost(run: claim.run, fence: claim.fence)
    }
  }

  /// What every guarded transaction begins with. The limits are statements of their own, because one
  /// does not bind the statement that sets it.
  private func guards(_ claim: Claim, remaining: Duration) -> [Statement] {
    let milliseconds = max(1, remaining / .milliseconds(1))
    let limits = Statement(
      """
      select set_config('idle_in_transaction_session_timeout', '5s', true),
             set_config('statement_timeout', $1, true),
             set_config('client_connection_check_interval', '1s', true)
      """, "\(Int64(milliseconds))ms")
    let fence = Statement(
      "select jobs.guard($1, $2, $3)", claim.lock, claim.fence, claim.run)
    return [limits, fence]
  }
}
