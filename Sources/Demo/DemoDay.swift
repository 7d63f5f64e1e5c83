package import Jobs
package import TradingTime

/// Which moment a demo begins at, and which run a played day ends with.
package struct DemoDay: Sendable {
  package let almanac: Almanac
  package let jobs: [Job]

  package init(_ almanac: Almanac, _ jobs: [Job]) {
    self.almanac = almanac
    self.jobs = jobs
  }

  /// The run that a played day ends with.
  package struct Finale: Hashable, Sendable {
    package let job: String
    package let dueAt: Instant

    package init(job: String, dueAt: Instant) {
      self.job = job
      self.dueAt = dueAt
    }
  }

  /// The market of most jobs.
  package func calendar() throws(DemoProblem) -> TradingCalendar {
    let names = jobs.compactMap { $0.schedule?.during?.calendarName }
    let counts = Dictionary(names.map { ($0, 1) }, uniquingKeysWith: +)
    let name = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    guard let name, let calendar = almanac.calendars[name] else {
      throw DemoProblem(.configuration, "no job names a market whose calendar is loaded")
    }
    return calendar
  }

  /// The session that is open, pre-open included.
  package func openSession(at now: Instant) throws(DemoProblem) -> Session? {
    let calendar = try calendar()
    guard let session = calendar.session(on: calendar.zone.local(now).date) else { return nil }
    let start = session.phases.map(\.start).min() ?? session.open
    return start <= now && now < session.close ? session : nil
  }

  /// The last session that was over at `limit`.
  package func lastSession(before limit: Instant) throws(DemoProblem) -> Session {
    let calendar = try calendar()
    var date = calendar.zone.local(limit).date
    while let session = calendar.session(onOrBefore: date) {
      if session.close <= limit { return session }
      date = session.date.adding(days: -1)
    }
    // Before or beyond what the calendar covers: its own last session will do for a show.
    if let session = calendar.session(onOrBefore: calendar.coverage.upperBound) { return session }
    throw DemoProblem(.configuration, "the calendar of \(calendar.market) has no session")
  }

  package func session(on date: CivilDate) throws(DemoProblem) -> Session {
    let calendar = try calendar()
    let reason: String
    switch calendar.day(date) {
    case .session(let session): return session
    case .holiday(let name): reason = "\(calendar.market) is closed: \(name)"
    case .weekend: reason = "\(calendar.market) is closed: a weekend"
    case .hoursUnknown(let note): reason = "its hours are not loaded: \(note)"
    case .outsideCoverage: reason = "the calendar of \(calendar.market) does not reach that far"
    }
    let last = calendar.session(onOrBefore: date).map { "; the session before it is \($0.date)" }
    throw DemoProblem(.configuration, "--day \(date): \(reason)\(last ?? "")")
  }

  /// Half a minute before anything of the session comes due.
  package func opening(of session: Session) -> Instant {
    // Housekeeping before dawn is no part of a trading day.
    let ofTheMarket = jobs.filter { $0.schedule?.during != nil }
    let first = ofTheMarket.compactMap { firstSlot(of: $0, on: session) }.min() ?? session.open
    return first - .seconds(30)
  }

  /// When a job first has a slot that is not closed, on a session's date.
  package func firstSlot(of job: Job, on session: Session) -> Instant? {
    let day = span(of: session)
    return job.schedule?.next(after: day.start, before: day.end, in: almanac)
      .flatMap { $0 < day.end ? $0 : nil }
  }

  /// The report's, or else the last slot of any job.
  package func finale(of session: Session) -> Finale? {
    let day = span(of: session)
    let reports = jobs.filter { $0.work == .unit("end-of-day-report") }
    for jobs in [reports, jobs] {
      let last = jobs.compactMap { job in
        lastSlot(of: job, in: day).map { Finale(job: job.name, dueAt: $0) }
      }
      if let finale = last.max(by: { $0.dueAt < $1.dueAt }) { return finale }
    }
    return nil
  }

  private func lastSlot(of job: Job, in day: (start: Instant, end: Instant)) -> Instant? {
    let through = Instant(microseconds: day.end.microseconds - 1)
    return job.schedule?.slots(after: day.start, through: through, in: almanac, limit: 100_000)
      .spans.last { $0.standing == .open }?.last
  }

  private func span(of session: Session) -> (start: Instant, end: Instant) {
    let zone = (try? calendar())?.zone ?? almanac.homeZone
    let start = zone.resolve(session.date, .midnight).earliest
    let end = zone.resolve(session.date.adding(days: 1), .midnight).earliest
    return (Instant(microseconds: start.microseconds - 1), end)
  }
}
