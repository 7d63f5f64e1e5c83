import Jobs
import Testing
import TradingTime

@Suite(.timeLimit(.minutes(10)))
struct `Slots of a market` {
  @Test
  func `an interval counts only while its phases last`() {
    #expect(
      Schedule.every(.seconds(30), during: .syncing)
        .lines(at("2026-07-09T08:59:30"), at("2026-07-10T09:07:30")) == [
          "2026-07-09T09:00:00+05:30 ... 2026-07-09T09:07:30+05:30 (16)",
          "2026-07-09T09:08:00+05:30 ... 2026-07-09T09:14:30+05:30 (14) closed: nse-cash closed 2026-07-09 09:08 to 2026-07-09 09:15",
          "2026-07-09T09:15:00+05:30 ... 2026-07-09T15:34:30+05:30 (760)",
          "2026-07-09T15:35:00+05:30 ... 2026-07-10T08:59:30+05:30 (2090) closed: nse-cash closed 2026-07-09 15:35 to 2026-07-10 09:00",
          "2026-07-10T09:00:00+05:30 ... 2026-07-10T09:07:30+05:30 (16)",
        ])
  }

  @Test
  func `special sessions, holidays and early closes count as the exchange says`() {
    let spans = Schedule.every(.seconds(1800), during: .trading)
      .lines(at("2026-07-10T15:00:00"), at("2026-07-16T10:00:00"))
    #expect(
      spans == [
        "2026-07-10T15:30:00+05:30 ... 2026-07-11T09:30:00+05:30 (37) closed: nse-cash closed 2026-07-10 15:30 to 2026-07-11 10:00",
        "2026-07-11T10:00:00+05:30 ... 2026-07-11T11:30:00+05:30 (4)",
        "2026-07-11T12:00:00+05:30 ... 2026-07-13T09:00:00+05:30 (91) closed: nse-cash closed 2026-07-11 12:00 to 2026-07-13 09:15 (weekend)",
        "2026-07-13T09:30:00+05:30 ... 2026-07-13T15:00:00+05:30 (12)",
        "2026-07-13T15:30:00+05:30 ... 2026-07-15T09:00:00+05:30 (84) closed: nse-cash closed 2026-07-13 15:30 to 2026-07-15 09:15 (Founders' Day 2026-07-14)",
        "2026-07-15T09:30:00+05:30 ... 2026-07-15T12:30:00+05:30 (7)",
        "2026-07-15T13:00:00+05:30 ... 2026-07-16T09:00:00+05:30 (41) closed: nse-cash closed 2026-07-15 13:00 to 2026-07-16 09:15",
        "2026-07-16T09:30:00+05:30 ... 2026-07-16T10:00:00+05:30 (2)",
      ])
  }

  @Test
  func `a daily time is closed on days without a session, each with its reason`() {
    #expect(
      Schedule.at("16:20", during: .nse).lines(at("2026-07-09T00:00:00"), at("2026-07-15T23:00:00"))
        == [
          "2026-07-09T16:20:00+05:30",
          "2026-07-10T16:20:00+05:30",
          "2026-07-11T16:20:00+05:30",
          "2026-07-12T16:20:00+05:30 closed: nse-cash is closed on 2026-07-12: weekend",
          "2026-07-13T16:20:00+05:30",
          "2026-07-14T16:20:00+05:30 closed: nse-cash is closed on 2026-07-14: Founders' Day",
          "2026-07-15T16:20:00+05:30",
        ])
  }

  @Test
  func `a time outside the phases is closed with the day's hours`() {
    #expect(
      Schedule.cron("0 9,12,14 15 7 *", during: .syncing)
        .lines(at("2026-07-15T00:00:00"), at("2026-07-15T23:00:00")) == [
          "2026-07-15T09:00:00+05:30 closed: outside the hours of nse-cash on 2026-07-15: 09:15-13:05",
          "2026-07-15T12:00:00+05:30",
          "2026-07-15T14:00:00+05:30 closed: outside the hours of nse-cash on 2026-07-15: 09:15-13:05",
        ])
  }

  @Test
  func `a market's moment follows special sessions and early closes`() {
    #expect(
      Schedule.atMarket(.close, .seconds(900))
        .lines(at("2026-07-10T00:00:00"), at("2026-07-16T00:00:00")) == [
          "2026-07-10T15:45:00+05:30",
          "2026-07-11T12:15:00+05:30",
          "2026-07-13T15:45:00+05:30",
          "2026-07-15T13:15:00+05:30",
        ])
  }

  @Test
  func `a class has an open and a close of its own`() {
    var schedule = Schedule.atMarket(.open, .zero)
    schedule.during = Window(market: "nse-cash/fno")
    #expect(
      schedule.lines(at("2026-07-09T00:00:00"), at("2026-07-10T00:00:00")) == [
        "2026-07-09T09:20:00+05:30"
      ])
    schedule = .atMarket(.close, .zero)
    schedule.during = Window(market: "nse-cash/fno")
    #expect(
      schedule.lines(at("2026-07-09T00:00:00"), at("2026-07-10T00:00:00")) == [
        "2026-07-09T15:25:00+05:30"
      ])
    schedule.during = .nse
    #expect(
      schedule.lines(at("2026-07-09T00:00:00"), at("2026-07-10T00:00:00")) == [
        "2026-07-09T15:30:00+05:30"
      ])
  }

  @Test
  func `a moment days after its session is still found`() {
    #expect(
      Schedule.atMarket(.close, .seconds(60 * 3600))
        .lines(at("2026-07-12T00:00:00"), at("2026-07-14T12:00:00")) == [
          "2026-07-12T03:30:00+05:30", "2026-07-13T03:30:00+05:30", "2026-07-14T00:00:00+05:30",
        ])
  }

  @Test
  func `a window's ends cut and stretch what its phases give`() {
    func minutes(_ window: Window) -> [String] {
      Schedule.every(.seconds(60), during: window)
        .lines(at("2026-07-09T00:00:00"), at("2026-07-09T23:59:00")).filter {
          !$0.contains("closed")
        }
    }
    #expect(
      minutes(
        Window(
          market: "nse-cash", phases: [.continuous],
          from: MarketMoment(edge: .open, offset: .seconds(-120)),
          until: MarketMoment(edge: .close, offset: .seconds(-600)))) == [
          "2026-07-09T09:13:00+05:30 ... 2026-07-09T15:19:00+05:30 (367)"
        ])
    #expect(
      minutes(
        Window(
          market: "nse-cash", from: MarketMoment(edge: .open, offset: .zero),
          until: MarketMoment(edge: .close, offset: .seconds(300)))) == [
          "2026-07-09T09:15:00+05:30 ... 2026-07-09T15:34:00+05:30 (380)"
        ])
    #expect(
      minutes(Window(market: "nse-cash", phases: [.preOpen, .buffer])) == [
        "2026-07-09T09:00:00+05:30 ... 2026-07-09T09:14:00+05:30 (15)"
      ])
  }

  @Test
  func `an interval on a day whose hours are unknown is closed with that reason`() {
    #expect(
      Schedule.every(.seconds(3600), during: .trading)
        .lines(at("2026-11-06T15:00:00"), at("2026-11-09T09:30:00")) == [
          "2026-11-06T15:30:00+05:30 ... 2026-11-09T08:30:00+05:30 (66) closed: nse-cash closed 2026-11-06 15:30 to 2026-11-09 09:15 (weekend, 2026-11-08 hours not loaded: Muhurat trading: to be announced)",
          "2026-11-09T09:30:00+05:30",
        ])
  }

  @Test
  func `a daily time on a day whose hours are unknown is closed with that reason`() {
    #expect(
      Schedule.at("16:20", during: .nse).lines(at("2026-11-08T00:00:00"), at("2026-11-08T20:00:00"))
        == [
          "2026-11-08T16:20:00+05:30 closed: nse-cash has a session on 2026-11-08 whose hours are not loaded: Muhurat trading: to be announced"
        ])
  }

  @Test
  func `a moment of a session whose hours are unknown is held that day and closed after it`() {
    let schedule = Schedule.atMarket(.close, .seconds(900))
    #expect(
      schedule.lines(at("2026-11-06T12:00:00"), at("2026-11-08T18:00:00")) == [
        "2026-11-06T15:45:00+05:30",
        "holds at 2026-11-08T00:14:59.999999+05:30: nse-cash has a session on 2026-11-08 whose hours are not loaded: Muhurat trading: to be announced",
      ])
    #expect(
      schedule.lines(at("2026-11-08T00:14:59"), at("2026-11-09T16:00:00")) == [
        "2026-11-09T00:14:00+05:30 closed: nse-cash has a session on 2026-11-08 whose hours are not loaded: Muhurat trading: to be announced",
        "2026-11-09T15:45:00+05:30",
      ])
  }

  @Test(arguments: [
    Schedule.every(.seconds(3600), during: .trading), .at("16:20", during: .nse),
    .atMarket(.close, .seconds(900)),
  ])
  func `the end of the calendar holds the job and says so`(_ schedule: Schedule) {
    let due = schedule.slots(
      after: at("2026-12-31T12:00:00"), through: at("2027-01-02T12:00:00"), in: SmallWorld.almanac)
    #expect(due.holds == "the calendar of nse-cash ends on 2026-12-31; load a newer one")
    #expect(due.through == at("2027-01-01T00:00:00") - .microseconds(1))
    #expect(due.spans.contains { $0.standing == .open })
    let beyond = schedule.slots(
      after: due.through, through: at("2027-02-02T12:00:00"), in: SmallWorld.almanac)
    #expect(beyond.spans.isEmpty && beyond.through == due.through && beyond.holds == due.holds)
  }

  @Test
  func `before its calendar begins a market is closed, and why is said`() {
    #expect(
      Schedule.every(.seconds(43_200), during: .nse)
        .lines(at("2026-05-30T00:00:00"), at("2026-06-01T06:00:00")) == [
          "2026-05-30T05:30:00+05:30 ... 2026-05-31T17:30:00+05:30 (4) closed: nse-cash closed 2026-05-30 00:00 to 2026-06-01 00:00 (its calendar begins on 2026-06-01)",
          "2026-06-01T05:30:00+05:30",
        ])
    #expect(
      Schedule.at("16:20", during: .nse).lines(at("2026-05-29T00:00:00"), at("2026-05-29T20:00:00"))
        == [
          "2026-05-29T16:20:00+05:30 closed: the calendar of nse-cash does not reach 2026-05-29"
        ])
  }

  @Test
  func `a market without a calendar holds the job and says so`() {
    let due = Schedule.every(.seconds(30), during: Window(market: "nyse/equity")).slots(
      after: at("2026-07-09T00:00:00"), through: at("2026-07-10T00:00:00"), in: SmallWorld.almanac)
    #expect(due.spans.isEmpty && due.through == at("2026-07-09T00:00:00"))
    #expect(due.holds == "no calendar for market 'nyse' is loaded")
    let homeless = Schedule(timing: .atMarket(MarketMoment(edge: .close, offset: .seconds(900))))
    #expect(
      homeless.lines(at("2026-07-09T00:00:00"), at("2026-07-10T00:00:00")) == [
        "holds at 2026-07-09T00:00:00+05:30: 'close+15m' names no market; say which with during"
      ])
  }

  @Test
  func `the next slot is found across closed days, and none beyond the horizon`() {
    let sync = Schedule.every(.seconds(30), during: .syncing)
    let almanac = SmallWorld.almanac
    #expect(
      sync.next(after: at("2026-07-13T15:34:30"), before: at("2026-08-01T00:00:00"), in: almanac)
        == at("2026-07-15T09:15:00"))
    #expect(
      sync.next(after: at("2026-07-13T15:34:30"), before: at("2026-07-15T09:00:00"), in: almanac)
        == nil)
    #expect(
      sync.next(after: at("2026-12-31T16:00:00"), before: at("2028-01-01T00:00:00"), in: almanac)
        == nil)
  }
}
