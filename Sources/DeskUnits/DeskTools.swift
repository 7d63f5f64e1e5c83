import Desk
import DeskStore
import JobStore
import Jobs
import Postgres
import Threads
import TradingTime

/// What every unit of the desk works with, wired once.
struct DeskTools: Sendable {
  let desk: DeskDatabase
  let broker: any Broker
  /// Asked each time: a reload brings newer calendars while units are at work.
  let almanacInForce: @Sendable () -> Almanac
  /// The job's clock: every age and every "today" of the desk is told by it.
  let now: @Sendable () -> Instant
  let memory = BookMemory()
  let listTurns = ListTurns()

  var almanac: Almanac { almanacInForce() }

  /// The account an attempt is for.
  ///
  /// - Throws: `UnitFailure` where the job has no `for_each: account`, or the account is unknown or
  /// was disabled after the slot was decided.
  func account(of attempt: Attempt) async throws -> Account {
    try enabled(await desk.account(item(of: attempt), on: attempt.store.pool))
  }

  /// - Throws: see `account`.
  func syncFacts(of attempt: Attempt) async throws -> SyncFacts {
    let facts = try await desk.syncFacts(
      of: item(of: attempt), on: attempt.claim.businessDate, database: attempt.store.pool)
    _ = try enabled(facts.account)
    return facts
  }

  private func item(of attempt: Attempt) throws -> String {
    guard let item = attempt.claim.item else {
      throw UnitFailure(
        "\(attempt.job.name) works on one account at a time; its job needs 'for_each: account', "
          + "a manual run '--item ACCOUNT'")
    }
    return item
  }

  private func enabled(_ account: Account) throws -> Account {
    guard account.isEnabled else { throw UnitFailure("account '\(account.id)' is disabled") }
    return account
  }

  /// Whether the attempt's business date is the one whose books the broker shows now.
  func isToday(_ attempt: Attempt) -> Bool {
    let (now, almanac) = (now(), almanac)
    let today = almanac.businessDate(of: now, for: attempt.job.schedule)
    return attempt.claim.businessDate == today ?? almanac.homeZone.local(now).date
  }

  /// Whether the books that the broker shows now are surely those of the attempt's business date: on
  /// a day without a session that date is still the last session's, and what the broker shows then
  /// need not be.
  func isDuringItsDay(_ attempt: Attempt) -> Bool {
    let end = almanac.dayEnd(of: attempt.claim.businessDate, for: attempt.job.schedule)
    return isToday(attempt) && now() < end
  }

  /// The market whose sessions an attempt belongs to.
  func calendar(of attempt: Attempt) -> TradingCalendar? {
    let almanac = almanac
    if let calendar = almanac.calendar(of: attempt.job.schedule) { return calendar }
    return almanac.calendars.count == 1 ? almanac.calendars.values.first : nil
  }
}

extension UnitFailure {
  /// A read that failed is known to have changed nothing, so trying it again is safe; without a
  /// sign-in it would be in vain.
  init(_ error: BrokerError) {
    self.init(error.description, isTransient: error.isTransient)
  }
}

/// Runs of `body` in which the broker's refusals are the unit's failures.
func asUnitFailure<Answer>(_ body: () async throws -> Answer) async throws -> Answer {
  do {
    return try await body()
  } catch let error as BrokerError {
    throw UnitFailure(error)
  }
}

/// Runs of `body` that are given up after `limit`, so that the attempt has time for the rest.
///
/// - Throws: what `body` throws, or `BrokerError.timedOut`.
func ending<Answer: Sendable>(
  within limit: Duration, _ request: String,
  _ body: @escaping @Sendable () async throws -> Answer
) async throws -> Answer {
  try await withThrowingTaskGroup(of: Answer.self) { group in
    group.addTask(operation: body)
    group.addTask {
      try await SystemClock.sleep(for: limit)
      throw BrokerError.timedOut(request: request, after: limit)
    }
    defer { group.cancelAll() }
    guard let answer = try await group.next() else { throw CancellationError() }
    return answer
  }
}
