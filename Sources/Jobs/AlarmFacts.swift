package import TradingTime

/// What alarms follow from: what was last read from the tables, and what this process knows of
/// itself without them.
package struct AlarmFacts: Sendable {
  /// This process's identity: host, boot, process and a random word.
  package var holder: String
  /// By this machine's clock.
  package var now: Instant
  package var zone: ZoneRules
  package var loops: [RunnerReport.Loop] = []
  package var database: Absence?
  /// Why the tables could not be read although the database answers.
  package var blind: Absence?
  package var clock = ClockReport()
  package var delivery: [AlarmReport.Channel] = []
  /// Accounts whose prices should come by the feed now, and do not.
  package var feeds: [FeedFacts] = []
  /// Nil while nothing can be read: then nothing that follows from them is raised or cleared.
  package var tables: Tables?
  /// Causes that stand on record.
  package var standing: Set<String> = []
  package var limits = AlarmLimits()

  package init(holder: String, now: Instant, zone: ZoneRules) {
    self.holder = holder
    self.now = now
    self.zone = zone
  }

  package var host: String { holder.split(separator: "/").first.map(String.init) ?? holder }

  /// Something that is missing, since when and why.
  package struct Absence: Hashable, Sendable {
    package var since: Instant
    package var span: Duration
    package var reason: String

    package init(since: Instant, span: Duration, reason: String) {
      self.since = since
      self.span = span
      self.reason = reason
    }
  }

  package struct FeedFacts: Hashable, Sendable {
    package var account: String
    /// On the job's clock, as its prices are.
    package var since: Instant
    /// How long that is by this machine's own clock.
    package var span: Duration
    package var reason: String

    package init(account: String, since: Instant, span: Duration, reason: String) {
      self.account = account
      self.since = since
      self.span = span
      self.reason = reason
    }
  }

  package struct Tables: Sendable {
    /// The server's clock at the reading.
    package var asOf: Instant
    /// The job's clock at the reading.
    package var now: Instant
    package var isShifted: Bool
    package var jobs: [JobFacts]
    package var calendars: [CalendarFacts] = []
    package var signIns: [SignInFacts] = []
    /// How long this process has had the database without a break: what could not happen before is
    /// given a moment to happen.
    package var reachedFor: Duration

    package init(
      asOf: Instant, now: Instant, isShifted: Bool, jobs: [JobFacts], reachedFor: Duration
    ) {
      self.asOf = asOf
      self.now = now
      self.isShifted = isShifted
      self.jobs = jobs
      self.reachedFor = reachedFor
    }
  }

  package struct JobFacts: Sendable {
    package var job: Job
    package var zone: ZoneRules
    /// The facts its health is judged by, so that page and alarm cannot differ.
    package var health: Health.Facts
    /// The run they speak of.
    package var lastRun: Int64?
    package var isHeld: String?
    package var undecidedSince: Instant?
    package var decidedThrough: Instant
    /// A pause whose end has come and that nobody lifted.
    package var endedPause: Pause?
    package var gate: ClosedGate?

    package init(job: Job, zone: ZoneRules, health: Health.Facts, decidedThrough: Instant) {
      self.job = job
      self.zone = zone
      self.health = health
      self.decidedThrough = decidedThrough
    }
  }

  /// A condition of `needs` or `after` that keeps a job from starting.
  package struct ClosedGate: Hashable, Sendable {
    /// The oldest slot it has kept, on the job's clock.
    package var since: Instant
    /// How many runs of one item in a row.
    package var runs: Int
    /// With the value last seen.
    package var reason: String

    package init(since: Instant, runs: Int, reason: String) {
      self.since = since
      self.runs = runs
      self.reason = reason
    }
  }

  package struct CalendarFacts: Hashable, Sendable {
    package var market: String
    package var endsOn: CivilDate
    /// The market's own date now.
    package var today: CivilDate
    package var jobs: [String]

    package init(market: String, endsOn: CivilDate, today: CivilDate, jobs: [String]) {
      self.market = market
      self.endsOn = endsOn
      self.today = today
      self.jobs = jobs
    }
  }

  /// An item that jobs of today's session need signed in, and that is not.
  package struct SignInFacts: Hashable, Sendable {
    package var item: String?
    package var reason: String
    package var market: String
    package var opensAt: Instant
    package var isOpen: Bool
    package var jobs: [String]
    /// It is signed in as yet, but not until the session's end.
    package var isToEnd: Bool

    package init(
      item: String?, reason: String, market: String, opensAt: Instant, isOpen: Bool,
      jobs: [String], isToEnd: Bool = false
    ) {
      self.item = item
      self.reason = reason
      self.market = market
      self.opensAt = opensAt
      self.isOpen = isOpen
      self.jobs = jobs
      self.isToEnd = isToEnd
    }
  }
}

/// From when on something is worth a person's attention.
package struct AlarmLimits: Hashable, Sendable {
  /// A restart of the server is no alarm.
  package var database = Duration.seconds(15)
  package var blind = Duration.seconds(60)
  package var skips = 3
  /// Runs of one item in a row that a gate kept from starting, or as long as one of them waits.
  package var gatedRuns = 3
  package var gate = Duration.seconds(300)
  /// How long before the open an account must be signed in.
  package var signIn = Duration.seconds(45 * 60)
  /// How long a step of a clock stays in sight.
  package var clockStep = Duration.seconds(600)
  package var decidedAhead = Duration.seconds(5)
  package var delivery = Duration.seconds(300)
  /// A connection that breaks comes back by itself within one.
  package var feed = Duration.seconds(120)
  package var calendarDays = [60, 30, 7]
  /// After a start and after an outage.
  package var settling = Duration.seconds(30)

  package init() {}
}
