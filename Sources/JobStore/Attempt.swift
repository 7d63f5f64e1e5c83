package import Jobs
package import Postgres
package import Threads

/// What a unit holds while it works: the run's facts, its deadline, and the one way to write.
package struct Attempt: Sendable {
  package let claim: Claim
  package let job: Job
  package let store: JobStore
  /// When the attempt must have ended, on the boot clock.
  package private(set) var deadline: Deadline
  private let transcript: Transcript
  /// Shared by all copies of one attempt.
  private let finished = Locked<RunResult?>(nil)

  package init(
    claim: Claim, job: Job, store: JobStore, deadline: Deadline, transcript: Transcript
  ) {
    self.claim = claim
    self.job = job
    self.store = store
    self.deadline = deadline
    self.transcript = transcript
  }

  package var isDryRun: Bool { claim.isDryRun }

  /// The unit's parameters: the definition's `with`, and over it what a manual run set.
  package var parameters: [String: JSONValue] {
    job.parameters.merging(claim.parameters) { _, given in given }
  }

  /// For what must be written although the time is up; still within what a lease leaves for
  /// stopping, and still guarded.
  package var overtime: Attempt {
    var attempt = self
    attempt.deadline = max(deadline, .after(.seconds(1)))
    return attempt
  }

  package var remaining: Duration { deadline.remaining ?? .seconds(86_400) }

  /// The guarded transaction: commits only while the claim is the lock's.
  ///
  /// A dry run does everything and takes it back.
  ///
  /// - Parameter questions: see `JobStore.fenced`; `body` is given their answers.
  package func write<Answer: Sendable>(
    asking questions: [Statement],
    _ body: @Sendable (Transaction, [Rows]) async throws -> Answer
  ) async throws -> Answer {
    try await store.fenced(
      claim, remaining: remaining, isTakenBack: isDryRun, asking: questions, body)
  }

  package func write<Answer: Sendable>(
    _ body: @Sendable (Transaction) async throws -> Answer
  ) async throws -> Answer {
    try await write(asking: []) { tx, _ in try await body(tx) }
  }

  /// These statements and nothing else, in one round trip.
  package func write(_ statements: [Statement]) async throws -> [Rows] {
    try await store.fenced(
      claim, remaining: remaining, isTakenBack: isDryRun, statements)
  }

  /// The guarded transaction with which the attempt also ends: what it wrote and that it succeeded
  /// stand or fall together, so that a runner which dies at the commit leaves nothing to be done a
  /// second time.
  ///
  /// - Throws: what `write` throws; `UnitFailure`, with all of it taken back, if the result is not
  ///   of the kind that the job promises.
  package func finish(
    _ body: @Sendable (Transaction) async throws -> RunResult
  ) async throws -> RunResult {
    let result = try await write { tx in
      let result = try await body(tx)
      if let refusal = job.refusal(of: result) { throw UnitFailure(refusal) }
      if !isDryRun { try await settle(.succeeded(result), on: tx) }
      return result
    }
    if !isDryRun { finished.withLock { $0 = result } }
    return result
  }

  /// The result, if its success is committed; then nobody can take the run over any more, and
  /// nothing that happens afterwards changes how it ended.
  package var finishedResult: RunResult? { finished.withLock { $0 } }

  private func settle(_ ending: Ending, on tx: any Queryable) async throws {
    let settlement = Settlement.following(
      ending,
      of: .init(attempt: claim.attempt, isIdempotent: claim.isIdempotent, retry: job.retry),
      now: claim.readyAt, chance: 0)
    let settled = try await store.settle([ended(ending, settlement)], on: tx)
    guard settled.contains(claim.run) else { throw ClaimLost(run: claim.run, fence: claim.fence) }
  }

  /// The attempt's end as it is written, with what it said.
  package func ended(_ ending: Ending, _ settlement: Settlement) -> SettledAttempt {
    SettledAttempt(
      claim: claim, ending: ending, settlement: settlement, output: transcript.text,
      outputBytes: transcript.total)
  }

  /// A line for `muhurat logs`, kept with the run up to the job's `output_limit`.
  package func say(_ line: String) { transcript.append(line + "\n") }
}

/// What a run said: its end, up to a limit, and how much there was in all.
///
/// The database's password is made unreadable: a program gets it in its environment, and one that
/// prints its environment must not put it into the database.
package final class Transcript: Sendable {
  private struct Kept {
    var bytes: [UInt8] = []
    var total: Int64 = 0
  }

  private let limit: Int
  private let secrets: [String]
  private let kept = Locked(Kept())

  package init(limit: Int, hiding secrets: [String] = []) {
    self.limit = limit
    self.secrets = secrets
  }

  /// One secret more than is shown, so that none is cut into something that is not recognised.
  private var keptBytes: Int { limit + (secrets.map(\.utf8.count).max() ?? 0) }

  package func append(_ text: String) { append(Array(text.utf8)) }

  package func append(_ bytes: [UInt8]) {
    kept.withLock { kept in
      kept.total += Int64(bytes.count)
      kept.bytes += bytes.suffix(keptBytes)
      // Cut seldom and by half, so that an endless writer does not move memory with each line.
      let excess = kept.bytes.count - keptBytes
      if excess > keptBytes { kept.bytes.removeFirst(excess) }
    }
  }

  /// The end of what was said; NULs, which PostgreSQL cannot store, become U+2400.
  package var text: String? {
    let bytes = kept.withLock { $0.bytes.suffix(keptBytes) }
    guard !bytes.isEmpty else { return nil }
    var text = String(decoding: bytes, as: UTF8.self)
    for secret in secrets { text = text.replacing(secret, with: "…") }
    // Not from the midst of a character, which would grow.
    let end = text.utf8.suffix(limit).drop { $0 & 0xC0 == 0x80 }
    return String(decoding: end, as: UTF8.self).replacing("\0", with: "\u{2400}")
  }

  package var total: Int64 { kept.withLock { $0.total } }
}
