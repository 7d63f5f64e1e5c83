import Testing
import TradingTime

@Suite(.timeLimit(.minutes(10)))
struct `The clock on a zone's wall` {
  @Test(arguments: shown)
  func `shows what tzdata says`(_ zone: String, _ instant: String, _ wall: String) throws {
    #expect(try SystemZones.rules(zone).local(utc(instant)).shown == wall)
  }

  /// From Python's zoneinfo over tzdata 2025b.
  static let shown = [
    ("America/New_York", "1850-01-01T00:00:00Z", "1849-12-31 19:03:58 -04:56:02 LMT"),
    ("America/New_York", "1942-10-01T00:00:00Z", "1942-09-30 20:00:00 -04:00 EWT"),
    ("America/New_York", "2026-03-08T06:59:59Z", "2026-03-08 01:59:59 -05:00 EST"),
    ("America/New_York", "2026-03-08T07:00:00Z", "2026-03-08 03:00:00 -04:00 EDT"),
    ("America/New_York", "2026-11-01T05:59:59Z", "2026-11-01 01:59:59 -04:00 EDT"),
    ("America/New_York", "2026-11-01T06:00:00Z", "2026-11-01 01:00:00 -05:00 EST"),
    ("America/New_York", "2100-03-14T06:59:59Z", "2100-03-14 01:59:59 -05:00 EST"),
    ("America/New_York", "2100-03-14T07:00:00Z", "2100-03-14 03:00:00 -04:00 EDT"),
    ("America/New_York", "2100-07-01T00:00:00Z", "2100-06-30 20:00:00 -04:00 EDT"),
    ("America/New_York", "2100-11-07T06:00:00Z", "2100-11-07 01:00:00 -05:00 EST"),
    ("America/New_York", "2100-01-15T00:00:00Z", "2100-01-14 19:00:00 -05:00 EST"),
    ("Europe/London", "1942-10-01T00:00:00Z", "1942-10-01 01:00:00 +01:00 BST"),
    ("Europe/London", "1969-07-01T00:00:00Z", "1969-07-01 01:00:00 +01:00 BST"),
    ("Europe/London", "1970-01-01T00:00:00Z", "1970-01-01 01:00:00 +01:00 BST"),
    ("Europe/London", "2026-03-29T00:59:59Z", "2026-03-29 00:59:59 +00:00 GMT"),
    ("Europe/London", "2026-03-29T01:00:00Z", "2026-03-29 02:00:00 +01:00 BST"),
    ("Europe/London", "2026-10-25T00:59:59Z", "2026-10-25 01:59:59 +01:00 BST"),
    ("Europe/London", "2026-10-25T01:00:00Z", "2026-10-25 01:00:00 +00:00 GMT"),
    ("Europe/London", "2100-01-15T00:00:00Z", "2100-01-15 00:00:00 +00:00 GMT"),
    ("Europe/London", "2100-03-28T01:00:00Z", "2100-03-28 02:00:00 +01:00 BST"),
    ("Europe/London", "2100-10-31T00:59:59Z", "2100-10-31 01:59:59 +01:00 BST"),
    ("Europe/London", "2100-10-31T01:00:00Z", "2100-10-31 01:00:00 +00:00 GMT"),
    ("Australia/Lord_Howe", "2026-04-04T14:59:59Z", "2026-04-05 01:59:59 +11:00 +11"),
    ("Australia/Lord_Howe", "2026-04-04T15:00:00Z", "2026-04-05 01:30:00 +10:30 +1030"),
    ("Australia/Lord_Howe", "2026-10-03T15:29:59Z", "2026-10-04 01:59:59 +10:30 +1030"),
    ("Australia/Lord_Howe", "2026-10-03T15:30:00Z", "2026-10-04 02:30:00 +11:00 +11"),
    ("Australia/Lord_Howe", "2100-04-03T15:00:00Z", "2100-04-04 01:30:00 +10:30 +1030"),
    ("Australia/Lord_Howe", "2100-07-01T00:00:00Z", "2100-07-01 10:30:00 +10:30 +1030"),
    ("Australia/Lord_Howe", "2100-01-15T00:00:00Z", "2100-01-15 11:00:00 +11:00 +11"),
    ("Africa/Casablanca", "1985-12-31T18:30:00Z", "1985-12-31 19:30:00 +01:00 +01"),
    ("Africa/Casablanca", "1994-12-31T10:00:00Z", "1994-12-31 10:00:00 +00:00 +00"),
    ("Africa/Casablanca", "2026-02-15T01:59:59Z", "2026-02-15 02:59:59 +01:00 +01"),
    ("Africa/Casablanca", "2026-02-15T02:00:00Z", "2026-02-15 02:00:00 +00:00 +00"),
    ("Africa/Casablanca", "2026-03-22T01:59:59Z", "2026-03-22 01:59:59 +00:00 +00"),
    ("Africa/Casablanca", "2026-03-22T02:00:00Z", "2026-03-22 03:00:00 +01:00 +01"),
    ("Africa/Casablanca", "2100-07-01T00:00:00Z", "2100-07-01 01:00:00 +01:00 +01"),
    ("Asia/Kolkata", "1850-01-01T00:00:00Z", "1850-01-01 05:53:28 +05:53:28 LMT"),
    ("Asia/Kolkata", "1942-10-01T00:00:00Z", "1942-10-01 06:30:00 +06:30 +0630"),
    ("Asia/Kolkata", "2026-07-09T00:00:00Z", "2026-07-09 05:30:00 +05:30 IST"),
    ("Asia/Kolkata", "2100-07-01T00:00:00Z", "2100-07-01 05:30:00 +05:30 IST"),
    ("Pacific/Kiritimati", "1985-12-31T18:30:00Z", "1985-12-31 08:30:00 -10:00 -10"),
    ("Pacific/Kiritimati", "1994-12-31T09:59:59Z", "1994-12-30 23:59:59 -10:00 -10"),
    ("Pacific/Kiritimati", "1994-12-31T10:00:00Z", "1995-01-01 00:00:00 +14:00 +14"),
    ("Pacific/Kiritimati", "2100-01-01T00:00:00Z", "2100-01-01 14:00:00 +14:00 +14"),
    ("Asia/Kathmandu", "1985-12-31T18:29:59Z", "1985-12-31 23:59:59 +05:30 +0530"),
    ("Asia/Kathmandu", "1985-12-31T18:30:00Z", "1986-01-01 00:15:00 +05:45 +0545"),
    ("Asia/Kathmandu", "2026-07-09T00:00:00Z", "2026-07-09 05:45:00 +05:45 +0545"),
    ("Asia/Kathmandu", "2100-07-01T00:00:00Z", "2100-07-01 05:45:00 +05:45 +0545"),
    ("Europe/Dublin", "2026-03-29T00:59:59Z", "2026-03-29 00:59:59 +00:00 GMT"),
    ("Europe/Dublin", "2026-03-29T01:00:00Z", "2026-03-29 02:00:00 +01:00 IST"),
    ("Europe/Dublin", "2026-10-25T01:00:00Z", "2026-10-25 01:00:00 +00:00 GMT"),
    ("Europe/Dublin", "2100-01-15T00:00:00Z", "2100-01-15 00:00:00 +00:00 GMT"),
    ("Europe/Dublin", "2100-07-01T00:00:00Z", "2100-07-01 01:00:00 +01:00 IST"),
  ]

  @Test
  func `shows in India what the built in zone shows, since 1946`() throws {
    let india = try SystemZones.rules("Asia/Kolkata")
    for year in 1946...2200 {
      let instant = try utc("\(year)-07-09T10:15:00Z")
      #expect(india.local(instant) == ZoneRules.india.local(instant))
    }
  }
}

@Suite(.timeLimit(.minutes(10)))
struct `A time on a zone's wall` {
  @Test(arguments: [
    ("Asia/Kolkata", "2026-07-09", "15:45", ["2026-07-09T10:15:00Z"]),
    ("America/New_York", "2026-03-08", "01:59:59", ["2026-03-08T06:59:59Z"]),
    ("America/New_York", "2026-03-08", "03:00", ["2026-03-08T07:00:00Z"]),
    (
      "America/New_York", "2026-11-01", "01:00",
      ["2026-11-01T05:00:00Z", "2026-11-01T06:00:00Z"]
    ),
    (
      "America/New_York", "2026-11-01", "01:59:59",
      ["2026-11-01T05:59:59Z", "2026-11-01T06:59:59Z"]
    ),
    ("America/New_York", "2026-11-01", "00:59:59", ["2026-11-01T04:59:59Z"]),
    ("America/New_York", "2026-11-01", "02:00", ["2026-11-01T07:00:00Z"]),
    (
      "America/New_York", "2100-11-07", "01:30",
      ["2100-11-07T05:30:00Z", "2100-11-07T06:30:00Z"]
    ),
    ("Europe/London", "2026-10-25", "01:00", ["2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z"]),
    ("Europe/London", "2026-10-25", "02:00", ["2026-10-25T02:00:00Z"]),
    (
      "Australia/Lord_Howe", "2026-04-05", "01:45",
      ["2026-04-04T14:45:00Z", "2026-04-04T15:15:00Z"]
    ),
    ("Australia/Lord_Howe", "2026-04-05", "01:29:59", ["2026-04-04T14:29:59Z"]),
    (
      "Africa/Casablanca", "2026-02-15", "02:30",
      ["2026-02-15T01:30:00Z", "2026-02-15T02:30:00Z"]
    ),
    // A whole day twice.
    (
      "Pacific/Kwajalein", "1969-09-30", "12:00",
      ["1969-09-30T01:00:00Z", "1969-10-01T00:00:00Z"]
    ),
  ])
  func `comes once or twice`(
    _ zone: String, _ date: String, _ time: String, _ instants: [String]
  ) throws {
    let found = try SystemZones.rules(zone).resolve(day(date), clock(time))
    switch found {
    case .once(let instant): #expect([instant.description] == instants)
    case .twice(let first, let second):
      #expect([first.description, second.description] == instants)
    case .gap: Issue.record("\(found)")
    }
    #expect(found.earliest.description == instants[0])
  }

  @Test(arguments: [
    ("America/New_York", "2026-03-08", "02:00", "2026-03-08T07:00:00Z"),
    ("America/New_York", "2026-03-08", "02:59:59", "2026-03-08T07:00:00Z"),
    ("America/New_York", "2100-03-14", "02:30", "2100-03-14T07:00:00Z"),
    ("Europe/London", "2026-03-29", "01:30", "2026-03-29T01:00:00Z"),
    ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03T15:30:00Z"),
    ("Africa/Casablanca", "2026-03-22", "02:30", "2026-03-22T02:00:00Z"),
    ("Asia/Kathmandu", "1986-01-01", "00:10", "1985-12-31T18:30:00Z"),
    // A whole day is missing.
    ("Pacific/Kiritimati", "1994-12-31", "12:00", "1994-12-31T10:00:00Z"),
  ])
  func `may never come, and then the clock goes on at a known instant`(
    _ zone: String, _ date: String, _ time: String, _ resumesAt: String
  ) throws {
    let found = try SystemZones.rules(zone).resolve(day(date), clock(time))
    #expect(found == .gap(resumesAt: try utc(resumesAt)))
  }

  @Test(arguments: [
    "America/New_York", "Europe/London", "Australia/Lord_Howe", "Africa/Casablanca",
    "Asia/Kolkata", "Pacific/Kiritimati", "Asia/Kathmandu", "Europe/Dublin", "Asia/Gaza",
    "America/Nuuk", "Pacific/Apia", "America/St_Johns",
  ])
  func `leads back to the instant that shows it`(_ name: String) throws {
    let zone = try SystemZones.rules(name)
    var generator = SeededGenerator(state: 20_260_709)
    let years =
      try utc("1900-01-01T00:00:00Z")
      .secondsSinceEpoch..<utc("2200-01-01T00:00:00Z").secondsSinceEpoch
    var seconds = (0..<1_000).map { _ in Int64.random(in: years, using: &generator) }
    // And around the changes, where it is hard.
    var next = zone.nextTransition(after: Instant(secondsSinceEpoch: years.lowerBound))
    while let change = next, change.at.secondsSinceEpoch < years.upperBound {
      seconds += [-3_601, -1_800, -1, 0, 1, 1_799, 3_600].map { change.at.secondsSinceEpoch + $0 }
      next = zone.nextTransition(after: change.at)
    }
    for second in seconds {
      let instant = Instant(secondsSinceEpoch: second)
      let local = zone.local(instant)
      let found: [Instant] =
        switch zone.resolve(local.date, local.time) {
        case .once(let only): [only]
        case .twice(let first, let second): [first, second]
        case .gap: []
        }
      if !found.contains(instant) || found != found.sorted() {
        Issue.record("\(name) \(instant) is \(local.shown), found \(found)")
      }
    }
  }
}

@Suite(.timeLimit(.minutes(10)))
struct `The changes of a zone` {
  @Test
  func `come one after the other, also beyond the file's list`() throws {
    let zone = try SystemZones.rules("America/New_York")
    var instant = try utc("2026-01-01T00:00:00Z")
    var seen: [String] = []
    for _ in 0..<4 {
      let change = try #require(zone.nextTransition(after: instant))
      seen.append("\(change.at) \(change.offsetSecondsBefore) \(change.offsetSecondsAfter)")
      instant = change.at
    }
    #expect(
      seen == [
        "2026-03-08T07:00:00Z -18000 -14400", "2026-11-01T06:00:00Z -14400 -18000",
        "2027-03-14T07:00:00Z -18000 -14400", "2027-11-07T06:00:00Z -14400 -18000",
      ])
    let far = try #require(zone.nextTransition(after: utc("2500-01-01T00:00:00Z")))
    #expect(far.at.description == "2500-03-14T07:00:00Z")
  }

  @Test
  func `are none where a zone no longer changes`() throws {
    let now = try utc("2026-07-09T00:00:00Z")
    for name in ["Asia/Kolkata", "Pacific/Kiritimati", "Asia/Kathmandu"] {
      #expect(try SystemZones.rules(name).nextTransition(after: now) == nil)
    }
    #expect(ZoneRules.utc.nextTransition(after: now) == nil)
  }

  @Test(arguments: [
    "America/New_York", "Europe/London", "Australia/Lord_Howe", "Africa/Casablanca",
  ])
  func `are exactly where the offset changes`(_ name: String) throws {
    let zone = try SystemZones.rules(name)
    var instant = try utc("2025-01-01T00:00:00Z")
    let end = try utc("2060-01-01T00:00:00Z")
    var next = zone.nextTransition(after: instant)
    var offset = zone.local(instant).offsetSeconds
    while instant < end {
      instant += .seconds(86_400)
      while let change = next, change.at <= instant {
        #expect(change.offsetSecondsBefore == offset)
        offset = change.offsetSecondsAfter
        next = zone.nextTransition(after: change.at)
      }
      if zone.local(instant).offsetSeconds != offset {
        Issue.record("\(name) has another offset than \(offset) at \(instant)")
        return
      }
    }
  }
}
