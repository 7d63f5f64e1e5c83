import Demo
import TradingTime

/// What the demo says once it is up: what runs, where to look, what to try.
struct DemoWords {
  let stage: DemoStage
  let port: Int?

  var introduction: String {
    """
    Muhurat's demo is up, all of it on paper: no real money, no real broker.
    \(clock)

      page      http://127.0.0.1:\(port ?? 0)/
      jobs      \(stage.wishes.jobs.count) from \(stage.wishes.jobsFolder)
      accounts  \(accounts), signed in at a simulated broker
      database  a PostgreSQL of its own in .muhurat/, on a socket
      operator  the API takes actions with the token in .muhurat/credentials/operator-token

    In a second terminal, in this folder:

      source .muhurat/env
      muhurat status
      muhurat why sync-positions
      psql "$DATABASE_URL" -c 'select job, due_at, decision, reason from jobs.slot order by due_at desc limit 10'

    \(ending)
    """
  }

  private var accounts: String {
    DemoStage.people.map(\.id).joined(separator: " and ")
  }

  private var clock: String {
    let session = stage.wishes.beginning.session
    let speed = stage.wishes.speed
    switch stage.wishes.beginning {
    case .now: return "The session of \(session.date) is open, so the clock is the real one."
    case .shifted(let start, _):
      let time = ClockView.time(start)
      if stage.wishes.endsWithTheDay {
        return "It plays the trading day \(session.date) from \(time) to its report, "
          + "\(pace); the clock waits for the work."
      }
      if speed != .one { return "The clock starts at \(time) of \(session.date), \(pace)." }
      return """
        No session is open now, so the clock starts at \(time) of the last one, \(session.date), \
        at speed 1.
        The market opens in half a minute; then look at the page.
        """
    }
  }

  private var pace: String {
    stage.wishes.speed == .max ? "as fast as it goes" : "at speed \(stage.wishes.speed) at most"
  }

  private var ending: String {
    stage.wishes.endsWithTheDay
      ? "It ends by itself; Ctrl-C ends it sooner." : "Ctrl-C stops all of it."
  }
}

extension ClockView {
  /// `09:14:30 IST`
  static func time(_ instant: Instant) -> String {
    let local = ZoneRules.india.local(instant)
    return "\(local.time) \(local.abbreviation)"
  }
}
