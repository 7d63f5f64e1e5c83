import Desk
import JobStore
import Jobs
import Threads
import TradingTime

/// `/metrics`, from the snapshot and the runner's report: a scrape costs the database nothing.
struct Metrics {
  let snapshot: Snapshot
  let report: RunnerReport
  let streams: Int
  var market: FeedStatus?

  var text: String {
    var page = Prometheus()
    addProcess(&page)
    addDatabase(&page)
    if let overview = snapshot.overview?.value { addJobs(overview, &page) }
    if let figures = snapshot.figures?.value { addFigures(figures, &page) }
    addAccounts(&page)
    addFeed(&page)
    return page.text
  }

  private func addProcess(_ page: inout Prometheus) {
    page.family(
      "muhurat_loop_age_seconds", "Seconds since a loop of the runner last went round.",
      report.loops.map { ([("loop", $0.name)], $0.movedSecondsAgo) })
    page.family(
      "muhurat_loop_limit_seconds", "A loop that has not moved for longer is stuck.",
      report.loops.map { ([("loop", $0.name)], $0.limitSeconds) })
    page.gauge(
      "muhurat_claims", "Attempts under way in this process, one claim each.",
      Double(report.active))
    page.gauge("muhurat_draining", "1 while no new work is claimed.", report.isDraining ? 1 : 0)
    page.gauge(
      "muhurat_started_timestamp_seconds", "When this process started.",
      report.startedAt.secondsSinceEpochExactly)
    page.gauge(
      "muhurat_clock_skew_seconds", "The database's clock minus this machine's.",
      report.clockSkewMilliseconds.map { $0 / 1000 })
    page.gauge(
      "muhurat_reload_refused",
      "1 while the last reload was refused and the plan before it is in force.",
      report.reloadRefused == nil ? 0 : 1)
    addAlarms(report.alarms, &page)
    page.gauge("muhurat_streams", "Pages that watch by server-sent events.", Double(streams))
  }

  private func addFeed(_ page: inout Prometheus) {
    guard let market else { return }
    page.family(
      "muhurat_feed_events", "What happened on the feed of prices since the start, by kind.",
      market.counted.sorted { $0.key < $1.key }.map { ([("kind", $0.key)], Double($0.value)) })
    page.family(
      "muhurat_feed_connections", "Connections of the feed, by state.",
      FeedReport.Connection.State.allCases.map { state in
        ([("state", state.rawValue)], Double(market.feed.connections.count { $0.state == state }))
      })
    page.gauge(
      "muhurat_feed_prices_waiting", "Prices that wait to be written.", Double(market.pricesWaiting)
    )
  }

  private func addAlarms(_ alarms: AlarmReport?, _ page: inout Prometheus) {
    guard let alarms else { return }
    page.family(
      "muhurat_alarms", "Alarms that stand.",
      Alarm.Severity.allCases.map { severity in
        (
          [("severity", severity.rawValue)],
          Double(alarms.standing.count { $0.severity == severity })
        )
      })
    page.family(
      "muhurat_alarm_messages_waiting", "Messages this process has in hand, not delivered yet.",
      alarms.channels.map { ([("channel", $0.name.rawValue)], Double($0.waiting)) })
    page.family(
      "muhurat_alarm_channel_up", "0 while messages do not get through.",
      alarms.channels.map { ([("channel", $0.name.rawValue)], $0.failingSince == nil ? 1 : 0) })
  }

  private func addDatabase(_ page: inout Prometheus) {
    page.gauge(
      "muhurat_database_up", "1 while the database answers this process.",
      snapshot.failure == nil && report.databaseLostAt == nil ? 1 : 0)
    page.gauge(
      "muhurat_data_age_seconds",
      "Age of what is told about jobs here; it grows while the database is away.",
      snapshot.overview?.ageSeconds.inMilliseconds)
    page.gauge(
      "muhurat_figures_age_seconds", "Age of the muhurat_recent figures.",
      snapshot.figures?.ageSeconds.inMilliseconds)
  }

  private func addAccounts(_ page: inout Prometheus) {
    let accounts = snapshot.accounts?.value ?? []
    // Whatever was read ages on while nothing can be read.
    let sinceRead = (snapshot.accounts?.ageSeconds ?? 0) * speed
    page.family(
      "muhurat_account_positions", "Open positions of an account.",
      accounts.map { ([("account", $0.account)], Double($0.openPositions)) })
    page.family(
      "muhurat_account_books_age_seconds",
      "Age of an account's positions as the broker showed them, on the job's clock.",
      accounts.compactMap { account in
        account.ageSeconds.map { ([("account", account.account)], $0 + sinceRead) }
      })
    page.gauge(
      "muhurat_accounts_age_seconds", "Age of what is told about accounts here.",
      snapshot.accounts?.ageSeconds.inMilliseconds)
  }

  /// How much faster than time the job's clock goes.
  var speed: Double { snapshot.overview?.value.clock.speed ?? 1 }

  private func addFigures(_ figures: RecentFigures, _ page: inout Prometheus) {
    page.family(
      "muhurat_recent_runs", "Runs made in the last hour, by what became of them.",
      figures.runs.map { ([("job", $0.job), ("state", $0.state.rawValue)], Double($0.count)) })
    page.family(
      "muhurat_recent_lateness_seconds",
      "Quantiles over the last hour: from due to the first claim, on the job's clock.",
      quantiles(figures, \.lateness))
    page.family(
      "muhurat_recent_duration_seconds", "Quantiles over the last hour: from start to end.",
      quantiles(figures, \.duration))
  }

  private func quantiles(
    _ figures: RecentFigures, _ values: (RecentFigures.JobFigures) -> [Double]
  ) -> [(labels: [(String, String)], value: Double)] {
    figures.jobs.flatMap { job in
      zip(RecentFigures.quantiles, values(job)).map { quantile, value in
        ([("job", job.job), ("quantile", "\(quantile)")], value)
      }
    }
  }
}

extension Instant {
  var secondsSinceEpochExactly: Double { Double(microseconds) / 1_000_000 }
}
