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
  ///   - questions: what `body` is told the answers to. They travel with the guard; so they only
  ///     read, or wait for a row: what a lost claim asks is taken back, but it has been asked.
  package func fenced<Answer: Sendable>(
    _ claim: Claim, remaining: Duration, isTakenBack: Bool = false, asking questions: [Statement],
    _ body: @Sendable (Transaction, [Rows]) async throws -> Answer
  ) async throws -> Answer {
    try await pool.transaction(deadline: .after(remaining), isTakenBack: isTakenBack) { tx in
      let answers = try await guarded(claim, remaining: remaining, questions, on: tx)
      return try await body(tx, answers)
    }
  }

  package func fenced<Answer: Sendable>(
    _ claim: Claim, remaining: Duration,
    _ body: @Sendable (Transaction) async throws -> Answer
  ) async throws -> Answer {
    try await fenced(claim, remaining: remaining, asking: []) { tx, _ in try await body(tx) }
  }

  private func guarded(
    _ claim: Claim, remaining: Duration, _ questions: [Statement], on tx: Transaction
  ) async throws -> [Rows] {
    let milliseconds = max(1, remaining / .milliseconds(1))
    let limits = Statement(
      """
      select set_config('idle_in_transaction_session_timeout', '5s', true),
             set_config('statement_timeout', $1, true),
             set_config('client_connection_check_interval', '1s', true)
      """, "\(Int64(milliseconds))ms")
    let fence = Statement(
      "select from jobs.lock where name = $1 and fence = $2 and run = $3 for share",
      claim.lock, claim.fence, claim.run)
    let answers = try await tx.pipeline([limits, fence] + questions)
    guard answers[1].count == 1 else { throw ClaimLost(run: claim.run, fence: claim.fence) }
    return Array(answers.dropFirst(2))
  }
}
