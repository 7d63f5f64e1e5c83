import Testing
import TradingTime

@testable import Jobs

/// Which facts give which alarm, in which words, at 12:00 on an ordinary Thursday.
@Suite(.timeLimit(.minutes(10)))
struct `What alarms follow from` {
  static let now = at("2026-07-09T12:00:00")
  static let holder = "desk-1/boot/7/word"

  struct Case: CustomTestStringConvertible, Sendable {
    var id: String
    var kind: Alarm.Kind
    var change: @Sendable (inout AlarmFacts) -> Void
    /// Cause, sentence and next step; nil: no alarm of the kind.
    var alarm: [String]?
    var severity = Alarm.Severity.critical
    var testDescription: String { id }
  }

  static func facts() -> AlarmFacts {
    var facts = AlarmFacts(holder: holder, now: now, zone: .india)
    facts.loops = [.init(name: "decide", movedSecondsAgo: 1, limitSeconds: 60)]
    var job = Job(name: "sync", work: .command(["true"]), timeout: .seconds(25))
    job.schedule = .every(.seconds(30), during: .syncing)
    var tables = AlarmFacts.Tables(
      asOf: now, now: now, isShifted: false,
      jobs: [
        .init(
          job: job, zone: .india,
          health: Health.Facts(now: now, lastState: .succeeded, lastVerdict: .ok),
          decidedThrough: now)
      ], reachedFor: .seconds(3600))
    tables.jobs[0].lastRun = 41
    tables.calendars = [
      .init(
        market: "nse-cash", endsOn: day("2026-12-31"), today: day("2026-07-09"), jobs: ["sync"])
    ]
    facts.tables = tables
    return facts
  }

  static func job(_ change: @escaping @Sendable (inout AlarmFacts.JobFacts) -> Void)
    -> @Sendable (inout AlarmFacts) -> Void
  {
    { facts in
      guard var tables = facts.tables else { return }
      change(&tables.jobs[0])
      facts.tables = tables
    }
  }

  static func ends(_ date: String) -> @Sendable (inout AlarmFacts) -> Void {
    { $0.tables?.calendars[0].endsOn = day(date) }
  }

  @Test func `nothing follows where nothing is wrong`() {
    #expect(AlarmRules.standing(Self.facts()) == [])
  }

  @Test(arguments: Self.own + Self.read + Self.ofJobs)
  func `is told with its sentence and its next step`(_ test: Case) {
    var facts = Self.facts()
    test.change(&facts)
    let found = AlarmRules.standing(facts)
    #expect(found.map { [$0.cause, $0.sentence, $0.nextStep] } == (test.alarm.map { [$0] } ?? []))
    if let alarm = found.first {
      #expect(alarm.kind == test.kind && alarm.severity == test.severity)
    }
  }

  @Test func `has one line for each kind, and an example of each here`() {
    #expect(
      AlarmRules.table.map(\.kind.rawValue).sorted() == Alarm.Kind.allCases.map(\.rawValue).sorted()
    )
    let shown = Set((Self.own + Self.read + Self.ofJobs).filter { $0.alarm != nil }.map(\.kind))
    #expect(shown == Set(Alarm.Kind.allCases))
  }

  @Test func `a job's alarms go by the ways it names`() {
    var facts = Self.facts()
    facts.tables?.jobs[0].job.alert = [.email]
    facts.tables?.jobs[0].health.lastState = .failed
    #expect(AlarmRules.standing(facts).map(\.channels) == [[.email]])
    #expect(AlertChannel.chosen(from: [.webhook], wanted: [.email]) == [.webhook], "never silent")
    #expect(AlertChannel.chosen(from: [.webhook, .email], wanted: [.email]) == [.email])
    #expect(AlertChannel.chosen(from: [.webhook], wanted: nil) == [.webhook])
  }

  @Test func `what follows from a missing sign-in has no alarm of its own`() {
    var facts = Self.facts()
    Self.missing(isOpen: true)(&facts)
    facts.tables?.jobs[0].gate = .init(
      since: Self.now - .seconds(3600), runs: 9,
      reason: "waited until it expired: asha is not signed in: no token")
    facts.tables?.jobs[0].health.promise = Promise(successWithin: .seconds(90))
    facts.tables?.jobs[0].health.promiseCountsFrom = Self.now - .seconds(3600)
    #expect(AlarmRules.standing(facts).map(\.kind) == [.signIn])
  }

  @Test func `after an outage a promise gets its time, and one that was broken stays so`() {
    var facts = Self.facts()
    facts.tables?.reachedFor = .seconds(60)
    facts.tables?.jobs[0].health.promise = Promise(successWithin: .seconds(90))
    facts.tables?.jobs[0].health.promiseCountsFrom = Self.now - .seconds(3600)
    #expect(AlarmRules.standing(facts) == [])
    facts.standing = ["job/sync/success-within"]
    #expect(AlarmRules.standing(facts).map(\.cause) == ["job/sync/success-within"])
  }
}
