package import Jobs
import Postgres
import Threads
import TradingTime

/// What alarms follow from, read from the tables.
extension JobStore {
  /// - Parameters:
  ///   - memory: handed in again and again by whoever judges.
  ///   - lead: how long before a session its items must be signed in.
  package func alarmTables(
    almanac: Almanac, memory: AlarmMemory, workshop: Workshop, lead: Duration,
    reachedFor: Duration
  ) async throws -> AlarmFacts.Tables {
    let (clock, looks) = try await looks(of: nil, almanac: almanac, memory: memory.overviews)
    let gates = try await closedGates(
      of: looks.map(\.job).filter { !$0.needs.isEmpty }.map(\.name), memory)
    var tables = AlarmFacts.Tables(
      asOf: clock.asOf, now: clock.jobTime, isShifted: clock.isShifted,
      jobs: looks.map { look in
        var facts = AlarmFacts.JobFacts(
          job: look.job, zone: almanac.zone(of: look.job.schedule), health: look.facts,
          decidedThrough: look.overview.decidedThrough)
        facts.lastRun = look.overview.lastRun?.id
        facts.isHeld = look.overview.holds
        facts.undecidedSince = look.overview.undecidedSince
        facts.endedPause = look.pause.flatMap { $0.until <= clock.jobTime ? $0 : nil }
        facts.gate = gates[look.job.name]
        return facts
      }, reachedFor: reachedFor)
    tables.calendars = almanac.calendarFacts(of: looks.map(\.job), now: clock.jobTime)
    tables.signIns = try await signIns(
      for: looks.map(\.job), almanac, workshop, lead: lead, now: clock.jobTime)
    return tables
  }

  /// Runs of one item in a row that a condition kept from starting, and runs that wait for one now.
  ///
  /// A run whose condition is being looked at is claimed for that moment and shows none; it counts
  /// as it did before.
  private func closedGates(
    of jobs: [String], _ memory: AlarmMemory
  ) async throws -> [String: AlarmFacts.ClosedGate] {
    guard !jobs.isEmpty else { return [:] }
    let rows = try await pool.query(
      """
      with waiting as (
        select job, min(due_at) as since, count(*) filter (where state = 'running') as looked_at,
               (array_agg(waiting_for order by id desc)
                 filter (where waiting_for is not null))[1] as reason
          from jobs.run
         where job = any($1) and due_at is not null
           and (state = 'ready' and waiting_for is not null
                or state = 'running' and (started_at is null
                     or claimed_at > clock_timestamp() - interval '3 seconds'))
         group by job
      ), kept as (
        select distinct on (j.name) j.name as job, g.since, g.runs, g.reason
          from unnest($1::text[]) as j(name)
          cross join lateral (
            select min(x.due_at) as since, count(*) as runs,
                   (array_agg(coalesce(x.waiting_for, x.reason) order by x.id desc))[1] as reason
              from (select n.*, max(id) filter (where not is_kept) over (partition by item) as other
                      from (select id, item, due_at, reason, waiting_for,
                                   state = 'gated' or state = 'superseded' as is_kept
                              from jobs.run
                             where job = j.name and due_at is not null
                               and (state not in ('ready', 'running', 'cancelling', 'superseded',
                                                  'skipped')
                                    or state = 'superseded' and waiting_for is not null)
                             order by id desc limit 60) as n) as x
             where x.is_kept and x.id > coalesce(x.other, 0)
             group by x.item) as g
         order by j.name, g.runs desc
      )
      select job, least(w.since, k.since) as since, coalesce(k.runs, 0) as runs,
             coalesce(w.reason, k.reason) as reason, coalesce(w.looked_at, 0) as looked_at
        from waiting w full join kept k using (job)
      """, jobs, deadline: .after(.seconds(5)))
    var gates: [String: AlarmFacts.ClosedGate] = [:]
    for row in rows {
      let job: String = try row["job"]
      let since = try row.instant("since")
      let reason = try row.decode("reason", as: String?.self)
      if let reason {
        gates[job] = .init(since: since, runs: try row.count("runs"), reason: reason)
      } else if let before = memory.gate(of: job), before.since <= since {
        gates[job] = before
      }
    }
    memory.remember(gates)
    return gates
  }

  /// Items that jobs of a near session need signed in, and that are not, or not until its end.
  private func signIns(
    for jobs: [Job], _ almanac: Almanac, _ workshop: Workshop, lead: Duration, now: Instant
  ) async throws -> [AlarmFacts.SignInFacts] {
    var found: [String: AlarmFacts.SignInFacts] = [:]
    var open: Set<String> = []
    for job in jobs where job.needs.signedIn {
      guard let session = almanac.session(of: job.schedule, near: now, lead: lead) else { continue }
      for item in try await items(of: job, workshop) {
        let key = item ?? ""
        if found[key]?.jobs.append(job.name) != nil || open.contains(key) { continue }
        let toEnd = try await workshop.notSignedIn(
          job: job.name, item: item, through: session.closesAt, on: pool)
        guard let toEnd else {
          open.insert(key)
          continue
        }
        let already = try await workshop.notSignedIn(job: job.name, item: item, on: pool)
        found[key] = .init(
          item: item, reason: already ?? toEnd, market: session.market,
          opensAt: session.opensAt, isOpen: session.isOpen, jobs: [job.name],
          isToEnd: already == nil)
      }
    }
    // What is asked for all accounts together is told account by account where there are any.
    if found.count > 1 {
      let shared = found.removeValue(forKey: "")?.jobs ?? []
      for key in found.keys { found[key]?.jobs += shared }
    }
    return found.values.sorted { ($0.item ?? "") < ($1.item ?? "") }
  }

  private func items(of job: Job, _ workshop: Workshop) async throws -> [String?] {
    guard let name = job.forEach else { return [nil] }
    return try await workshop.source(named: name)?.list(pool) ?? []
  }
}

/// What reading for alarms remembers from one time to the next.
package final class AlarmMemory: Sendable {
  package let overviews = OverviewMemory()
  private let gates = Locked([String: AlarmFacts.ClosedGate]())

  package init() {}

  func gate(of job: String) -> AlarmFacts.ClosedGate? { gates.withLock { $0[job] } }

  func remember(_ new: [String: AlarmFacts.ClosedGate]) { gates.withLock { $0 = new } }
}
