import FoundationEssentials
import Testing
import TradingTime

@Suite(.timeLimit(.minutes(10)))
struct `Instants` {
  @Test(arguments: [
    ("1970-01-01T00:00:00Z", 0), ("1970-01-01T00:00:00.000001Z", 1),
    ("1969-12-31T23:59:59.999999Z", -1), ("2026-07-09T15:45:00+05:30", 1_783_592_100_000_000),
    ("2026-07-09t10:15:00z", 1_783_592_100_000_000),
    ("2026-07-09 10:15:00.5-00:00", 1_783_592_100_500_000),
    ("2026-07-09T10:15:00.1234567Z", 1_783_592_100_123_456),
    ("2016-12-31T23:59:60Z", 1_483_228_800_000_000),
    ("0001-01-01T00:00:00Z", -62_135_596_800_000_000),
    ("9999-12-31T23:59:59Z", 253_402_300_799_000_000),
  ])
  func `are read from RFC 3339`(_ text: String, _ microseconds: Int64) {
    #expect(Instant(rfc3339: text)?.microseconds == microseconds)
  }

  @Test(arguments: [
    "", "2026-07-09", "2026-07-09T10:15Z", "2026-07-09T10:15:00", "2026-07-09T24:00:00Z",
    "2026-02-29T00:00:00Z", "2026-07-09T10:15:00.Z", "2026-07-09T10:15:00+0530",
    "2026-07-09T10:15:00+24:00", "2026-7-09T10:15:00Z", "2026-07-09T10:15:00Z ",
    "+2026-07-09T10:15:00Z", "２026-07-09T10:15:00Z", "2026-07-09T10:15:61Z",
  ])
  func `are read from nothing else`(_ text: String) {
    #expect(Instant(rfc3339: text) == nil)
  }

  @Test(arguments: [
    (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59.999999Z"),
    (500_000, "1970-01-01T00:00:00.500Z"), (1_000, "1970-01-01T00:00:00.001Z"),
    (1, "1970-01-01T00:00:00.000001Z"),
  ])
  func `are written in UTC with the digits they need`(_ microseconds: Int64, _ text: String) {
    #expect(Instant(microseconds: microseconds).description == text)
  }

  @Test
  func `are written with a zone's offset`() throws {
    let instant = try utc("2026-07-09T10:15:00Z")
    #expect(instant.rfc3339(in: .india) == "2026-07-09T15:45:00+05:30")
    #expect(instant.rfc3339(in: .utc) == "2026-07-09T10:15:00+00:00")
    let newYork = try SystemZones.rules("America/New_York")
    #expect(instant.rfc3339(in: newYork) == "2026-07-09T06:15:00-04:00")
    let old = try utc("1850-01-01T00:00:00Z")
    #expect(old.rfc3339(in: newYork) == "1849-12-31T19:04:00-04:56")
    #expect(Instant(rfc3339: old.rfc3339(in: newYork)) == old)
  }

  @Test
  func `read back as what was written`() {
    var generator = SeededGenerator(state: 7)
    let range: Range<Int64> = -62_135_596_800_000_000..<253_402_300_800_000_000
    for _ in 0..<2_000 {
      let instant = Instant(microseconds: .random(in: range, using: &generator))
      #expect(Instant(rfc3339: instant.description) == instant)
    }
  }

  @Test
  func `move by spans and end at the edge of time`() throws {
    let instant = try utc("2026-07-09T10:15:00Z")
    #expect((instant + .seconds(90)).description == "2026-07-09T10:16:30Z")
    #expect((instant - .milliseconds(1)).description == "2026-07-09T10:14:59.999Z")
    #expect(instant + .seconds(90) - instant == .seconds(90))
    let last = Instant(microseconds: .max)
    let first = Instant(microseconds: .min)
    #expect(last + .seconds(1) == last)
    #expect(first - .seconds(1) == first)
    #expect(instant + .seconds(Int64.max) == last)
    #expect(instant - .seconds(Int64.max) == instant - .microseconds(Int64.max))
    #expect(last - first == .microseconds(Int64.max))
    #expect(first - last == .microseconds(Int64.min))
    #expect(Instant(secondsSinceEpoch: .max) == last)
    #expect(!last.description.isEmpty && !first.description.isEmpty)
    #expect(!first.rfc3339(in: .india).isEmpty)
  }

  @Test
  func `and dates and times stand in JSON as their text`() throws {
    struct Row: Codable, Equatable {
      var at: Instant
      var date: CivilDate
      var time: TimeOfDay
      var day: Weekday
    }
    let row = Row(
      at: try utc("2026-07-09T10:15:00Z"), date: try day("2026-07-09"), time: try clock("15:45"),
      day: .thu)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let json = String(decoding: try encoder.encode(row), as: UTF8.self)
    #expect(
      json
        == #"{"at":"2026-07-09T10:15:00Z","date":"2026-07-09","day":"thu","time":"15:45"}"#)
    #expect(try JSONDecoder().decode(Row.self, from: Data(json.utf8)) == row)
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([Instant].self, from: Data(#"["yesterday"]"#.utf8))
    }
  }
}
