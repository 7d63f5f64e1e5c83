import Desk
import JobStore
import Jobs
import Threads
import TradingTime

/// `/status`: everything known, and how old each part of it is. It can always be given.
struct StatusDocument: Encodable, Sendable {
  /// By this machine's clock; the database's may be out of reach.
  var asOf: Instant
  /// Of the jobs; absent if nothing has been read yet.
  var dataAgeSeconds: Double?
  var level: Health.Level
  var summary: String
  var zone: String
  var clock: ViewClock?
  var database: DatabaseState
  var runner: RunnerState
  /// What stands, and how it is said; absent where none are kept.
  var alarms: AlarmReport?
  /// Prices as they come; absent where the feed is off.
  var feed: FeedState?
  var jobs: JobsPart?
  var runners: Aged<[RunnerView]>?
  var accounts: Aged<[AccountSummary]>?
  /// Only for the page.
  var trends: Aged<DayTrends>?

  enum CodingKeys: String, CodingKey {
    case asOf = "as_of"
    case dataAgeSeconds = "data_age_seconds"
    case level, summary, zone, clock, database, runner, alarms, feed, jobs, runners, accounts
    case trends
  }

  struct DatabaseState: Encodable, Sendable {
    var isUp: Bool
    var lostAt: Instant?
    var error: String?

    enum CodingKeys: String, CodingKey {
      case isUp = "is_up"
      case lostAt = "lost_at"
      case error
    }
  }

  struct JobsPart: Encodable, Sendable {
    var asOf: Instant
    var ageSeconds: Double
    var total: Int
    var byLevel: [String: Int]
    var items: [JobOverview]

    enum CodingKeys: String, CodingKey {
      case asOf = "as_of"
      case ageSeconds = "age_seconds"
      case total
      case byLevel = "by_level"
      case items
    }
  }

  struct Aged<Value: Encodable & Sendable>: Encodable, Sendable {
    var asOf: Instant
    var ageSeconds: Double
    var value: Value

    enum CodingKeys: String, CodingKey {
      case asOf = "as_of"
      case ageSeconds = "age_seconds"
      case value
    }

    init(_ part: Snapshot.Part<Value>) {
      asOf = part.readAt
      ageSeconds = part.ageSeconds.inMilliseconds
      value = part.value
    }
  }
}

extension StatusDocument {
  /// - Parameter isForPage: with trends, and with the worst jobs only where there are very many.
  init(
    _ snapshot: Snapshot, report: RunnerReport, zone: String, market: FeedStatus? = nil,
    isForPage: Bool
  ) {
    asOf = Instant(microseconds: SystemClock.microsecondsSinceEpoch())
    dataAgeSeconds = snapshot.overview?.ageSeconds.inMilliseconds
    self.zone = zone
    clock = snapshot.overview?.value.clock
    database = DatabaseState(
      isUp: snapshot.failure == nil && report.databaseLostAt == nil,
      lostAt: [snapshot.failure?.since, report.databaseLostAt].compactMap { $0 }.min(),
      error: snapshot.failure?.error ?? report.databaseError)
    runner = RunnerState(report)
    alarms = report.alarms
    feed = market.map(FeedState.init)
    runners = snapshot.runners.map { Aged($0) }
    accounts = snapshot.accounts.map { Aged($0) }
    trends = isForPage ? snapshot.trends.map { Aged($0) } : nil
    jobs = snapshot.overview.map { part in
      let jobs = part.value.jobs
      let shown = isForPage && jobs.count > Self.mostOnPage ? Self.worst(of: jobs) : jobs
      return JobsPart(
        asOf: part.readAt, ageSeconds: part.ageSeconds.inMilliseconds, total: jobs.count,
        byLevel: Dictionary(grouping: jobs, by: \.health.level.rawValue).mapValues(\.count),
        items: shown)
    }
    (level, summary) = Self.judge(snapshot, database, report)
    if let (worse, words) = Self.judge(report.alarms, than: level) {
      (level, summary) = (worse, words)
    }
    if level < .degraded, let complaint = market?.complaint {
      (level, summary) = (.degraded, complaint)
    }
  }

  private static let mostOnPage = 500

  private static func worst(of jobs: [JobOverview]) -> [JobOverview] {
    Array(jobs.sorted { $0.health.level > $1.health.level }.prefix(mostOnPage))
  }

  /// What needs a person is never "all is well"; a notice can wait and is only mentioned.
  private static func judge(
    _ alarms: AlarmReport?, than level: Health.Level
  ) -> (Health.Level, String)? {
    guard let worst = alarms?.standing.first, level < .degraded, worst.severity > .notice else {
      return nil
    }
    let others = (alarms?.standing.count { $0.severity > .notice } ?? 1) - 1
    let more = others == 0 ? "" : ", and \(others) more alarm\(others == 1 ? "" : "s")"
    return (worst.severity == .critical ? .failing : .degraded, worst.sentence + more)
  }

  private static func judge(
    _ snapshot: Snapshot, _ database: DatabaseState, _ report: RunnerReport
  ) -> (Health.Level, String) {
    guard let jobs = snapshot.overview?.value.jobs else {
      return (.unknown, "nothing is known yet: \(database.error ?? "the first look is under way")")
    }
    if !database.isUp { return (.failing, "the database cannot be reached") }
    let stuck = report.loops.filter { !$0.isAlive }.map(\.name)
    if !stuck.isEmpty { return (.failing, "stuck: \(stuck.joined(separator: ", "))") }
    let ill = jobs.filter { $0.health.level >= .degraded }
    if let worst = ill.map(\.health.level).max() {
      return (worst, "\(ill.count) of \(jobs.count) jobs need a look")
    }
    if let refused = report.reloadRefused { return (.degraded, "reload refused: \(refused)") }
    let paused = jobs.count { $0.health.level == .paused }
    let apart = paused == 0 ? "" : ", \(paused) paused"
    return (.ok, jobs.isEmpty ? "no jobs are loaded" : "all is well: \(jobs.count) jobs\(apart)")
  }
}

extension Double {
  /// Nobody reads the nanoseconds of an age.
  var inMilliseconds: Double { (self * 1000).rounded() / 1000 }
}
