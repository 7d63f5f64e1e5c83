import JobStore
import Jobs
import Postgres
import Reports
import TradingTime

/// How a business date's jobs went, from the tables of the runner: what the report says of them.
///
/// The report's own job is left out, because it has not ended while it is being written, and a
/// report that told of itself would never be equal twice.
struct JobsOfTheDay: Sendable {
  let section: JobsSection
  /// Runs that have not ended, as sentences.
  let unfinished: [String]

  static func read(_ attempt: Attempt, zone: ZoneRules) async throws -> JobsOfTheDay {
    let (date, own) = (attempt.claim.businessDate, attempt.job.name)
    let jobs = try await attempt.store.definitions(includingRetired: true).map(\.job)
    let tolerances = Dictionary(jobs.map { ($0.name, $0.schedule?.tolerance) }) { _, last in last }
    let pool = attempt.store.pool
    let runs = try await runs(on: date, without: own, tolerances, pool)
    let slots = try await slotsWithoutRun(on: date, without: own, pool)
    let ended = Dictionary(grouping: runs.compactMap(\.outcome) + slots, by: \.job)
    return JobsOfTheDay(
      section: JobsSection(
        jobs: ended.map { name, outcomes in
          JobDay(
            name: name, marks: outcomes.flatMap(\.marks), troubles: troubles(outcomes, zone))
        }),
      unfinished: runs.compactMap(\.unfinished))
  }

  // MARK: Runs

  private struct RunRow {
    let outcome: JobOutcome?
    let unfinished: String?
  }

  /// A manual run has no due time; `ready_at` is when it was asked for, on the same clock.
  private static func runs(
    on date: CivilDate, without own: String, _ tolerances: [String: Duration?], _ pool: Pool
  ) async throws -> [RunRow] {
    try await pool.query(
      """
      select r.job, r.item, coalesce(r.due_at, r.ready_at) as at, r.state,
        coalesce(r.lateness, '0'::interval) as lateness, r.waiting_for,
        coalesce((
          select a.error
          from jobs.attempt as a
          where a.run_id = r.id and a.error is not null
          order by a.fence desc
          limit 1), r.reason, r.state) as reason,
        case when f.verdict = 'warn' then coalesce(
          f.figures -> 'notes' ->> 0, 'without ' || (f.figures -> 'missing' ->> 0),
          f.figures ->> 'line', 'see run ' || r.id) end as warning
      from jobs.job as j
      join jobs.run as r on r.job = j.name and r.business_date = $1
      left join jobs.result as f on f.run_id = r.id
      where j.name <> $2 and not r.dry_run
      order by at, r.job, r.item, r.id
      """, Day(date), own
    ).map { row in
      let job: String = try row["job"]
      let item: String? = try row["item"]
      let state: String = try row["state"]
      guard let state = RunState(rawValue: state), state.isEnded else {
        let waiting: String? = try row["waiting_for"]
        let who = job + (item.map { " of \($0)" } ?? "")
        let why = waiting.map { ", it waits: \($0)" } ?? ""
        return RunRow(outcome: nil, unfinished: "\(who) has not ended (\(state)\(why))")
      }
      let lateness: Duration = try row["lateness"]
      let isLate = lateness > (tolerances[job] ?? nil) ?? .seconds(5)
      var outcome = JobOutcome(
        job: job, item: item, at: try row.instant("at"), through: nil, slots: 1,
        ending: state.ending(isLate: isLate), lateness: lateness,
        reason: isLate && state == .succeeded
          ? "it began \(words(lateness)) late" : try row["reason"])
      outcome.warning = try row["warning"]
      return RunRow(outcome: outcome, unfinished: nil)
    }
  }

  // MARK: Slots that got no run

  /// Slots outside the market's hours promised nothing. A business date lasts until its next
  /// session, and no market rests for two weeks; the bounds let the primary key find the rows.
  private static func slotsWithoutRun(
    on date: CivilDate, without own: String, _ pool: Pool
  ) async throws -> [JobOutcome] {
    try await pool.query(
      """
      select s.job, s.due_at, s.through, s.slots, s.decision, s.reason
      from jobs.job as j
      join jobs.slot as s
        on s.job = j.name and s.due_at >= $1 - interval '1 day'
        and s.due_at < $1 + interval '15 days'
      where s.business_date = $1 and j.name <> $2 and s.decision not in ('run', 'closed')
        and not exists (select from jobs.run as r where r.job = s.job and r.due_at = s.due_at)
      order by s.due_at, s.job
      """, Day(date), own
    ).map { row in
      let decision: String = try row["decision"]
      let reason: String = try row["reason"]
      return JobOutcome(
        job: try row["job"], item: nil, at: try row.instant("due_at"),
        through: try row.instantIfAny("through"),
        slots: Int(try row.decode("slots", as: Int64.self)),
        ending: .skipped, lateness: .zero, reason: "\(decision): \(reason)")
    }
  }

  /// One line for each job, item and ending: a gate that was closed all morning is one trouble, not
  /// two hundred.
  private static func troubles(_ outcomes: [JobOutcome], _ zone: ZoneRules) -> [JobDay.Trouble] {
    let bad = outcomes.filter { $0.ending != .onTime }
    let groups = Dictionary(grouping: bad) { [$0.ending.rawValue, $0.item ?? ""] }
    // What was done in time may have met something all the same.
    let warned = Dictionary(grouping: outcomes.filter { $0.warning != nil }) { $0.item ?? "" }
    let warnings = warned.values.map { group in
      group.map { outcome in
        var outcome = outcome
        outcome.reason = "verdict warn: \(outcome.warning ?? "")"
        return outcome
      }
    }
    return (Array(groups.values) + warnings).compactMap { group in
      guard let first = group.min(by: { $0.at < $1.at }) else { return nil }
      let others = group.reduce(0) { $0 + $1.slots } - 1
      let last = group.map { $0.through ?? $0.at }.max() ?? first.at
      let more =
        others == 0
        ? "" : "; \(others) more until \(zone.local(last).time)"
      return JobDay.Trouble(
        at: first.at, item: first.item, ending: first.ending, reason: first.reason + more)
    }
  }
}

/// What became of one run, or of a span of slots that got none.
struct JobOutcome: Sendable {
  let job: String
  let item: String?
  let at: Instant
  let through: Instant?
  let slots: Int
  let ending: JobDay.Ending
  let lateness: Duration
  var reason: String
  /// What a run that succeeded wants read.
  var warning: String?

  /// A span's slots, spread evenly between its ends.
  var marks: [JobDay.Mark] {
    guard let through, slots > 1 else {
      return [JobDay.Mark(at: at, ending: ending, lateness: lateness)]
    }
    let shown = min(slots, 2000)
    return (0..<shown).map { place in
      let part = Double(place) / Double(shown - 1)
      return JobDay.Mark(at: at + (through - at) * part, ending: ending)
    }
  }
}

extension RunState {
  fileprivate func ending(isLate: Bool) -> JobDay.Ending {
    switch self {
    case .succeeded: isLate ? .late : .onTime
    case .failed, .unknown: .failed
    case .ready, .running, .cancelling, .cancelled, .expired, .gated, .superseded, .skipped:
      .skipped
    }
  }
}

extension Row {
  fileprivate func instant(_ column: String) throws -> Instant {
    Instant(microseconds: try decode(column, as: Timestamp.self).microsecondsSinceEpoch)
  }

  fileprivate func instantIfAny(_ column: String) throws -> Instant? {
    try decode(column, as: Timestamp?.self).map {
      Instant(microseconds: $0.microsecondsSinceEpoch)
    }
  }
}
