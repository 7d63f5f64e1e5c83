import Testing
import TradingTime

@Suite(.timeLimit(.minutes(10)))
struct `A trading calendar` {
  private let calendar: TradingCalendar

  init() throws {
    calendar = try SmallMarket.calendar()
  }

  @Test
  func `tells sessions, holidays and weekends apart, and says when it does not know`() throws {
    #expect(try calendar.day(day("2026-01-26")) == .holiday("Republic Day"))
    #expect(try calendar.day(day("2026-01-24")) == .weekend)
    #expect(try calendar.day(day("2026-02-15")) == .hoursUnknown("Muhurat: not announced"))
    #expect(try calendar.day(day("2025-12-31")) == .outsideCoverage)
    #expect(try calendar.day(day("2026-04-01")) == .outsideCoverage)
    guard case .session = calendar.day(try day("2026-01-01")) else {
      Issue.record("2026-01-01 is a Thursday in the coverage")
      return
    }
  }

  @Test
  func `gives each date the hours in force on it`() throws {
    let before = try #require(calendar.session(on: day("2026-02-27")))
    #expect(before.shown() == "pre-open 09:00-09:15, continuous 09:15-15:30")
    let after = try #require(calendar.session(on: day("2026-03-02")))
    #expect(
      after.shown() == """
        pre-open 09:00-09:15, continuous/auctioned 09:15-15:15, continuous/other 09:15-15:30, \
        closing-auction/auctioned 15:15-15:35, post-close/other 15:50-16:00
        """)
    #expect(after.open.rfc3339(in: .india) == "2026-03-02T09:15:00+05:30")
    #expect(after.close.rfc3339(in: .india) == "2026-03-02T15:35:00+05:30")
    #expect(after.close(class: "other")?.rfc3339(in: .india) == "2026-03-02T15:30:00+05:30")
    #expect(after.close(class: "auctioned") == after.close)
    #expect(after.close(class: nil) == after.close)
    #expect(after.close(class: "no such class") == nil)
    #expect(before.close(class: "other") == before.close)
    #expect(calendar.classes == ["auctioned", "other"])
  }

  @Test
  func `gives a class the common phases of the kinds it has none of`() throws {
    let session = try #require(calendar.session(on: day("2026-03-02")))
    #expect(
      session.shown(session.phases(of: "other"))
        == "pre-open 09:00-09:15, continuous/other 09:15-15:30, post-close/other 15:50-16:00")
    let narrowed = try SmallMarket.calendar(hours: [
      EffectiveHours(
        class: nil, from: day("2010-01-01"), through: nil,
        phases: [SmallMarket.phase(.continuous, "09:15", "15:45")]),
      EffectiveHours(
        class: "expiring", from: day("2010-01-01"), through: nil,
        phases: [SmallMarket.phase(.continuous, "09:15", "15:30")]),
    ])
    let both = try #require(narrowed.session(on: day("2026-03-02")))
    #expect(both.shown(both.phases(of: "expiring")) == "continuous/expiring 09:15-15:30")
    #expect(both.shown(both.phases(of: "others")) == "continuous 09:15-15:45")
  }

  @Test
  func `tells until when all classes were trading continuously`() throws {
    let session = try #require(calendar.session(on: day("2026-03-02")))
    func last(_ clock: String) throws -> String? {
      let moment = try #require(Instant(rfc3339: "2026-03-02T\(clock):00+05:30"))
      return session.lastContinuous(by: moment)
        .map { "\(ZoneRules.india.local($0).time)" }
    }
    #expect(try last("09:14") == nil)
    #expect(try last("11:00") == "11:00")
    #expect(try last("15:20") == "15:15")
    #expect(try last("18:00") == "15:15")
  }

  @Test
  func `puts special sessions before holidays and weekends`() throws {
    let budget = try #require(calendar.session(on: day("2026-02-14")))
    #expect(budget.name == "budget")
    #expect(budget.shown() == "pre-open 09:00-09:15, continuous 09:15-15:30")
    let evening = try #require(calendar.session(on: day("2026-03-03")))
    #expect(evening.shown() == "continuous 18:00-19:00")
    #expect(evening.close.rfc3339(in: .india) == "2026-03-03T19:00:00+05:30")
  }

  @Test
  func `finds neighbours as far as it knows`() throws {
    #expect(try calendar.session(onOrBefore: day("2026-01-26"))?.date == day("2026-01-23"))
    #expect(try calendar.session(onOrBefore: day("2026-02-15"))?.date == day("2026-02-14"))
    #expect(try calendar.nextSession(after: day("2026-01-23"))?.date == day("2026-01-27"))
    #expect(try calendar.nextSession(after: day("2025-12-31"))?.date == day("2026-01-01"))
    #expect(try calendar.nextSession(after: day("2026-03-31")) == nil)
    #expect(try calendar.nextSession(after: day("2025-06-01")) == nil)
    #expect(try calendar.session(onOrBefore: day("2026-04-01")) == nil)
    #expect(try calendar.session(onOrBefore: day("2025-12-31")) == nil)
    #expect(
      try calendar.sessionDays(in: day("2026-02-12")...day("2026-02-16")).map(\.day)
        == [12, 13, 14, 15, 16])
    #expect(try calendar.sessionDays(in: day("2027-02-12")...day("2027-02-16")).isEmpty)
    #expect(
      try calendar.sessionDays(in: day("2025-02-12")...day("2026-01-04")).map(\.description)
        == ["2026-01-01", "2026-01-02"])
  }

  @Test(arguments: [
    // In a session day, from 06:00.
    ("2026-01-27T06:00:00+05:30", "2026-01-27"), ("2026-01-27T23:59:59+05:30", "2026-01-27"),
    // Before 06:00: the last session, over a holiday and a weekend.
    ("2026-01-27T05:59:59+05:30", "2026-01-23"), ("2026-01-28T00:30:00+05:30", "2026-01-27"),
    // On other days the last session.
    ("2026-01-26T12:00:00+05:30", "2026-01-23"), ("2026-01-25T12:00:00+05:30", "2026-01-23"),
    // A day whose hours are unknown is a session day all the same.
    ("2026-02-15T20:00:00+05:30", "2026-02-15"), ("2026-02-16T05:00:00+05:30", "2026-02-15"),
    // The day before the coverage ends, and after it.
    ("2026-03-31T23:00:00+05:30", "2026-03-31"), ("2026-04-01T05:00:00+05:30", "2026-03-31"),
    ("2026-04-01T06:00:00+05:30", nil), ("2025-12-31T20:00:00+05:30", nil),
    ("2026-01-01T05:00:00+05:30", nil), ("2026-01-01T00:30:00Z", "2026-01-01"),
  ])
  func `says to which business date a moment belongs`(_ instant: String, _ date: String?) throws {
    #expect(try calendar.businessDate(of: utc(instant))?.description == date)
  }

  @Test
  func `begins the business date when it is told to`() throws {
    let instant = try utc("2026-01-27T07:00:00+05:30")
    #expect(try calendar.businessDate(of: instant, dayStart: clock("07:30")) == day("2026-01-23"))
    #expect(try calendar.businessDate(of: instant, dayStart: .midnight) == day("2026-01-27"))
  }

  @Test(arguments: [
    ("2026-02-02", "2026-02-03"), ("2026-02-06", "2026-02-09"),
    // A settlement holiday is passed over, a session on a weekend settles nothing.
    ("2026-02-18", "2026-02-20"), ("2026-02-13", "2026-02-16"), ("2026-02-14", "2026-02-16"),
    // A trading holiday with an evening session is none for settlement.
    ("2026-03-02", "2026-03-04"), ("2026-03-03", "2026-03-04"),
    // As decreed.
    ("2026-03-05", "2026-03-11"),
  ])
  func `knows when trades settle`(_ tradeDate: String, _ settles: String) throws {
    #expect(try calendar.settles(on: day(tradeDate)) == .on(day(settles)))
  }

  @Test
  func `does not settle what was not traded or what it does not know`() throws {
    #expect(try calendar.settles(on: day("2026-01-26")) == .noSession)
    #expect(try calendar.settles(on: day("2026-01-24")) == .noSession)
    #expect(try calendar.settles(on: day("2026-03-31")) == .outsideCoverage)
    #expect(try calendar.settles(on: day("2026-04-01")) == .outsideCoverage)
    let unknown = try SmallMarket.calendar(settlement: .unknown)
    #expect(try unknown.settles(on: day("2026-02-02")) == .outsideCoverage)
  }

  @Test
  func `has another revision as soon as anything differs`() throws {
    let same = try SmallMarket.calendar()
    #expect(same.revision == calendar.revision)
    #expect(calendar.revision.count == 16)
    let others = [
      try SmallMarket.calendar(holidays: ["2026-03-03": "Holi"]),
      try SmallMarket.calendar(specials: [:]),
      try SmallMarket.calendar(hours: Array(SmallMarket.usualHours().dropFirst())),
      try SmallMarket.calendar(settlement: .unknown),
    ]
    #expect(Set(others.map(\.revision) + [calendar.revision]).count == 5)
    let shuffled = try SmallMarket.calendar(hours: SmallMarket.usualHours().reversed())
    #expect(shuffled.revision == calendar.revision)
  }
}

@Suite(.timeLimit(.minutes(10)))
struct `Data that are no calendar` {
  @Test
  func `are refused with what is wrong`() throws {
    let phase = try SmallMarket.phase(.continuous, "09:15", "15:30")
    let backwards = try SmallMarket.phase(.continuous, "15:30", "09:15")
    let early = try SmallMarket.phase(.preOpen, "09:00", "09:20")
    let since = try day("2010-01-01")
    func hours(
      _ phases: [PhaseHours], from: CivilDate? = nil, through: CivilDate? = nil
    ) -> EffectiveHours {
      EffectiveHours(class: nil, from: from ?? since, through: through, phases: phases)
    }
    let cases: [(() throws -> TradingCalendar, String)] = [
      (
        { try SmallMarket.calendar(hours: [hours([phase]), hours([phase])]) },
        "overlaps the hours from 2010-01-01 of the same class and kind"
      ),
      (
        { try SmallMarket.calendar(hours: [hours([phase], through: day("2009-01-01"))]) },
        "ends on 2009-01-01, before it begins on 2010-01-01"
      ),
      (
        { try SmallMarket.calendar(hours: [hours([backwards])]) },
        "the continuous phase ends at 09:15, not after 15:30"
      ),
      (
        { try SmallMarket.calendar(hours: [hours([early, phase])]) },
        "the continuous phase begins at 09:15, before 09:20"
      ),
      (
        { try SmallMarket.calendar(hours: [hours([phase], through: day("2026-02-10"))]) },
        "no continuous phase is in force on 2026-02-11"
      ),
      (
        { try SmallMarket.calendar(hours: []) },
        "no continuous phase is in force on 2026-01-01"
      ),
      (
        { try SmallMarket.calendar(holidays: ["2027-01-26": "x"]) },
        "2027-01-26 lies outside the coverage"
      ),
      (
        {
          try SmallMarket.calendar(specials: [
            "2026-02-14": SpecialSession(name: "odd", hours: .phases([early]))
          ])
        },
        "'odd' has no continuous phase"
      ),
      (
        {
          try SmallMarket.calendar(
            settlement: SettlementDays(
              coverage: nil, cycle: 1, holidays: [:],
              overrides: [day("2026-02-10"): day("2026-02-09")]))
        },
        "trades of 2026-02-10 cannot settle before, on 2026-02-09"
      ),
    ]
    for (make, report) in cases {
      let error = #expect(throws: CalendarDefect.self) { try make() }
      #expect(error?.description == report)
    }
  }
}
