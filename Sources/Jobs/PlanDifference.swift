package import TradingTime

/// What an edit, of job files or of a calendar, changes in the days to come: slots that go, slots that
/// come. Shown before it is put in force, because nobody reads a diff of YAML as a diff of times.
package struct PlanDifference: Sendable {
  package struct Plan: Sendable {
    package var jobs: [Job]
    package var almanac: Almanac

    package init(jobs: [Job], almanac: Almanac) {
      self.jobs = jobs
      self.almanac = almanac
    }
  }

  /// What changes for one job.
  package struct Change: Hashable, Sendable {
    package var job: String
    package var lines: [String]
  }

  /// Only jobs whose slots change, by name.
  package let changes: [Change]

  /// - Parameter days: how many dates from now's on, each in the zone of its job.
  package init(from old: Plan, to new: Plan, now: Instant, days: Int) {
    let before = Dictionary(old.jobs.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let after = Dictionary(new.jobs.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    changes = Set(before.keys).union(after.keys).sorted().compactMap { name in
      let change = JobChange(
        before[name].map { ($0, old.almanac) }, after[name].map { ($0, new.almanac) }, now)
      let lines = change.lines(days: days)
      return lines.isEmpty ? nil : Change(job: name, lines: lines)
    }
  }
}

/// One job before and after.
private struct JobChange {
  typealias Side = (job: Job, almanac: Almanac)

  let before: Side?
  let after: Side?
  let now: Instant
  let zone: ZoneRules

  init(_ before: Side?, _ after: Side?, _ now: Instant) {
    (self.before, self.after, self.now) = (before, after, now)
    let last = after ?? before
    zone = last.map { $0.almanac.zone(of: $0.job.schedule) } ?? .utc
  }

  func lines(days: Int) -> [String] {
    // By the dates of the newer schedule; equal schedules in another zone are another schedule.
    let today = zone.local(now).date
    var lines: [(first: CivilDate, last: CivilDate, text: String)] = []
    for date in (0..<max(0, days)).map({ today.adding(days: $0) }) {
      guard let text = change(on: date) else { continue }
      if let latest = lines.indices.last, lines[latest].text == text,
        (1...3).contains(lines[latest].last.days(to: date))
      {
        lines[latest].last = date
      } else {
        lines.append((date, date, text))
      }
    }
    return lines.map { line in
      let dates =
        line.first == line.last ? line.first.description : "\(line.first) to \(line.last)"
      return "\(dates): \(line.text)"
    } + [noteOfToday(today)].compactMap { $0 } + holds(through: today.adding(days: days))
  }

  private func change(on date: CivilDate) -> String? {
    let (gone, come) = (slots(before, on: date), slots(after, on: date))
    if gone == come { return nil }
    let (old, new) = (gone.flatMap(\.shortSingles), come.flatMap(\.shortSingles))
    if gone.total + come.total <= Self.many {
      let lost = old.filter { !new.contains($0) }
      let found = new.filter { !old.contains($0) }
      let told = [
        lost.isEmpty ? nil : "\(wall(lost)) goes", found.isEmpty ? nil : "\(wall(found)) comes",
      ]
      return told.compactMap { $0 }.joined(separator: ", ")
    }
    return "\(told(gone)) → \(told(come))"
  }

  /// More slots than this are counted, not listed.
  private static let many = 12

  private func slots(_ side: Side?, on date: CivilDate) -> [SlotSpan] {
    guard let side, let schedule = side.job.schedule else { return [] }
    let start = zone.resolve(date, .midnight).earliest - .microseconds(1)
    let end = zone.resolve(date.adding(days: 1), .midnight).earliest - .microseconds(1)
    return schedule.slots(after: start, through: end, in: side.almanac, limit: .max).spans
      .filter { $0.standing == .open }
  }

  private func told(_ spans: [SlotSpan]) -> String {
    guard let first = spans.first, let last = spans.last else { return "no slots" }
    if spans.total == 1 { return wall([first.first]) }
    return "\(spans.total) slots \(wall([first.first]))-\(wall([last.last]))"
  }

  private func wall(_ slots: [Instant]) -> String {
    slots.map { zone.local($0).time.description }.joined(separator: ", ")
  }

  /// Whether a time moved within today starts the job a second time: the question after every such
  /// edit.
  private func noteOfToday(_ today: CivilDate) -> String? {
    guard let after, before != nil, after.job.schedule?.interval == nil else { return nil }
    let old = slots(before, on: today).flatMap(\.shortSingles)
    let new = slots(after, on: today).flatMap(\.shortSingles)
    guard let passed = old.last(where: { $0 <= now }),
      let next = new.first(where: { $0 > now && !old.contains($0) })
    else { return nil }
    return after.job.oncePerBusinessDate
      ? "today: the run of \(wall([passed])) has used up the business date unless it failed; \(wall([next])) is then skipped"
      : "today: starts again at \(wall([next])), though \(wall([passed])) has come; once_per: business-date would prevent it"
  }

  private func holds(through date: CivilDate) -> [String] {
    let horizon = zone.resolve(date, .midnight).earliest
    func holds(_ side: Side?) -> String? {
      side.flatMap {
        $0.job.schedule?.slots(after: now, through: horizon, in: $0.almanac, limit: .max).holds
      }
    }
    let (old, new) = (holds(before), holds(after))
    guard old != new else { return [] }
    return [new.map { "holds: \($0)" } ?? "holds no longer: \(old ?? "")"]
  }
}

extension SlotSpan {
  /// One by one, unless there are so many that nobody compares them one by one.
  fileprivate var shortSingles: [Instant] { count > 100 ? [first, last] : singles.map(\.first) }
}

extension [SlotSpan] {
  fileprivate var total: Int { reduce(0) { $0 + $1.count } }
}
