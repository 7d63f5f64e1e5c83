import Jobs
import Testing
import TradingTime

/// The weeks in which clocks change, from this machine's zoneinfo.
@Suite(.timeLimit(.minutes(10)))
struct `When clocks change` {
  struct Night: CustomTestStringConvertible {
    var zone: String
    var expression: String
    /// In UTC, two days around the change.
    var from: String
    var gap = Schedule.GapRule.runAfter
    var fold = Schedule.FoldRule.first
    var slots: [String]
    var testDescription: String { "\(zone) \(expression) \(from) \(gap.rawValue) \(fold.rawValue)" }
  }

  @Test(arguments: [
    // New York, 8 March 2026: 02:00 to 03:00 does not exist.
    Night(
      zone: "America/New_York", expression: "30 2 * * *", from: "2026-03-07T12:00:00Z",
      slots: ["2026-03-08T03:00:00-04:00", "2026-03-09T02:30:00-04:00"]),
    Night(
      zone: "America/New_York", expression: "30 2 * * *", from: "2026-03-07T12:00:00Z", gap: .skip,
      slots: ["2026-03-09T02:30:00-04:00"]),
    Night(
      zone: "America/New_York", expression: "15,45 2 * * *", from: "2026-03-07T12:00:00Z",
      slots: [
        "2026-03-08T03:00:00-04:00", "2026-03-09T02:15:00-04:00", "2026-03-09T02:45:00-04:00",
      ]),
    Night(
      zone: "America/New_York", expression: "0 2,3 * * *", from: "2026-03-07T12:00:00Z",
      slots: [
        "2026-03-08T03:00:00-04:00", "2026-03-09T02:00:00-04:00", "2026-03-09T03:00:00-04:00",
      ]),
    // 1 November 2026: 01:00 to 02:00 comes twice.
    Night(
      zone: "America/New_York", expression: "30 1 * * *", from: "2026-10-31T12:00:00Z",
      slots: ["2026-11-01T01:30:00-04:00", "2026-11-02T01:30:00-05:00"]),
    Night(
      zone: "America/New_York", expression: "30 1 * * *", from: "2026-10-31T12:00:00Z",
      fold: .second,
      slots: ["2026-11-01T01:30:00-05:00", "2026-11-02T01:30:00-05:00"]),
    Night(
      zone: "America/New_York", expression: "30 1 * * *", from: "2026-10-31T12:00:00Z",
      fold: .both,
      slots: [
        "2026-11-01T01:30:00-04:00", "2026-11-01T01:30:00-05:00", "2026-11-02T01:30:00-05:00",
      ]),
    // London: 29 March 01:00 to 02:00 is missing, 25 October 01:00 to 02:00 comes twice.
    Night(
      zone: "Europe/London", expression: "30 1 * * *", from: "2026-03-28T12:00:00Z",
      slots: ["2026-03-29T02:00:00+01:00", "2026-03-30T01:30:00+01:00"]),
    Night(
      zone: "Europe/London", expression: "30 1 * * *", from: "2026-10-24T12:00:00Z", fold: .both,
      slots: [
        "2026-10-25T01:30:00+01:00", "2026-10-25T01:30:00+00:00", "2026-10-26T01:30:00+00:00",
      ]),
    // Lord Howe moves by half an hour: 4 October 02:00 to 02:30 is missing, 5 April 01:30 to 02:00
    // comes twice.
    Night(
      zone: "Australia/Lord_Howe", expression: "15 2 * * *", from: "2026-10-03T02:00:00Z",
      slots: ["2026-10-04T02:30:00+11:00", "2026-10-05T02:15:00+11:00"]),
    Night(
      zone: "Australia/Lord_Howe", expression: "45 1 * * *", from: "2026-04-04T02:00:00Z",
      fold: .both,
      slots: [
        "2026-04-05T01:45:00+11:00", "2026-04-05T01:45:00+10:30", "2026-04-06T01:45:00+10:30",
      ]),
    // Casablanca leaves summer time for Ramadan: 15 February 02:00 to 03:00 comes twice, 22 March
    // 02:00 to 03:00 is missing.
    Night(
      zone: "Africa/Casablanca", expression: "30 2 * * *", from: "2026-02-14T12:00:00Z",
      fold: .second,
      slots: ["2026-02-15T02:30:00+00:00", "2026-02-16T02:30:00+00:00"]),
    Night(
      zone: "Africa/Casablanca", expression: "30 2 * * *", from: "2026-03-21T12:00:00Z",
      slots: ["2026-03-22T03:00:00+01:00", "2026-03-23T02:30:00+01:00"]),
    // India never changes.
    Night(
      zone: "Asia/Kolkata", expression: "30 2 * * *", from: "2026-03-28T00:00:00Z",
      slots: ["2026-03-29T02:30:00+05:30", "2026-03-30T02:30:00+05:30"]),
  ])
  func `a daily time that is missing or comes twice keeps its promise`(_ night: Night) {
    var schedule = Schedule.cron(night.expression, night.zone)
    schedule.gap = night.gap
    schedule.fold = night.fold
    let from = at(night.from)
    let lines = schedule.lines(from, from + .seconds(2 * 86_400 - 1))
    #expect(lines == night.slots)
    guard night.expression == "30 2 * * *" || night.expression == "30 1 * * *" else { return }
    schedule.timing = .at(time(night.expression == "30 2 * * *" ? "02:30" : "01:30"))
    #expect(schedule.lines(from, from + .seconds(2 * 86_400 - 1)) == lines, "at: agrees with cron")
  }

  @Test(arguments: [
    ("America/New_York", "2026-03-08T05:00:00Z"), ("America/New_York", "2026-11-01T04:00:00Z"),
    ("Europe/London", "2026-03-29T00:00:00Z"), ("Europe/London", "2026-10-25T00:00:00Z"),
    ("Africa/Casablanca", "2026-02-15T00:00:00Z"), ("Africa/Casablanca", "2026-03-22T00:00:00Z"),
  ])
  func `every hour is an hour of elapsed time`(_ zone: String, _ from: String) {
    for minute in [0, 30] {
      let due = Schedule.cron("\(minute) * * * *", zone).slots(
        after: at(from), through: at(from) + .seconds(6 * 3600), in: SmallWorld.almanac)
      let steps = zip(due.spans, due.spans.dropFirst()).map { $1.first - $0.first }
      #expect(due.spans.count == 6 && steps.allSatisfy { $0 == .seconds(3600) }, "minute \(minute)")
    }
  }

  @Test(arguments: ["*/5 * * * *", "*/5 0-4 * * *"])
  func `every five minutes goes on through the hour that comes twice`(_ expression: String) {
    let due = Schedule.cron(expression, "America/New_York").slots(
      after: at("2026-11-01T04:59:00Z"), through: at("2026-11-01T06:59:00Z"),
      in: SmallWorld.almanac)
    let steps = zip(due.spans, due.spans.dropFirst()).map { $1.first - $0.first }
    #expect(due.spans.count == 24 && steps.allSatisfy { $0 == .seconds(300) })
  }

  @Test
  func `the hour that Lord Howe halves keeps its one slot`() {
    let around = (at("2026-10-03T14:30:00Z"), at("2026-10-03T17:00:00Z"))
    #expect(
      Schedule.cron("10 * * * *", "Australia/Lord_Howe").lines(around.0, around.1) == [
        "2026-10-04T01:10:00+10:30", "2026-10-04T02:30:00+11:00", "2026-10-04T03:10:00+11:00",
      ])
  }

  @Test
  func `intervals do not notice`() {
    let due = Schedule.every(.seconds(1800)).slots(
      after: at("2026-03-08T05:00:00Z"), through: at("2026-03-08T09:00:00Z"),
      in: SmallWorld.almanac)
    #expect(due.spans.map(\.count) == [8])
  }

  @Test
  func `a zone this machine lacks holds the job and says so`() {
    let due = Schedule.at("02:30", "Mars/Olympus").slots(
      after: at("2026-07-09T00:00:00"), through: at("2026-07-10T00:00:00"), in: SmallWorld.almanac)
    #expect(due.spans.isEmpty && due.through == at("2026-07-09T00:00:00"))
    #expect(due.holds == "time zone 'Mars/Olympus' is not on this machine; install tzdata")
  }
}
