import Testing
import TradingTime

@Suite(.timeLimit(.minutes(10)))
struct `Civil dates` {
  @Test(arguments: [
    ("1970-01-01", 0, Weekday.thu), ("1969-12-31", -1, .wed), ("2000-02-29", 11_016, .tue),
    ("2026-07-09", 20_643, .thu), ("2100-02-28", 47_540, .sun), ("0001-01-01", -719_162, .mon),
    ("9999-12-31", 2_932_896, .fri),
  ])
  func `count days and know their weekday`(_ text: String, _ days: Int, _ weekday: Weekday) throws {
    let date = try day(text)
    #expect(date.daysSinceEpoch == days)
    #expect(CivilDate(daysSinceEpoch: days) == date)
    #expect(date.weekday == weekday)
    #expect(date.description == text)
  }

  @Test(arguments: [
    "2026-02-29", "2100-02-29", "2026-04-31", "2026-13-01", "2026-00-10", "2026-01-00", "26-01-01",
    "2026-1-1", "2026-01-01 ", "", "0000-01-01", "2026/01/01",
  ])
  func `that do not exist are not read`(_ text: String) {
    #expect(CivilDate(text) == nil)
  }

  @Test
  func `follow one another without gap, by month lengths and leap years`() throws {
    var date = try day("1896-12-31")
    for days in (date.daysSinceEpoch + 1)...(date.daysSinceEpoch + 150_000) {
      let next = CivilDate(daysSinceEpoch: days)
      let isNextDay =
        (next.year, next.month, next.day) == (date.year, date.month, date.day + 1)
        || (next.year, next.month, next.day) == (date.year, date.month + 1, 1)
        || (next.year, next.month, next.day) == (date.year + 1, 1, 1)
      guard isNextDay, next.daysSinceEpoch == days, date < next,
        CivilDate(year: next.year, month: next.month, day: next.day) == next,
        next.weekday.isoNumber == date.weekday.isoNumber % 7 + 1
      else {
        Issue.record("\(date) \(date.weekday), then \(next) \(next.weekday)")
        return
      }
      date = next
    }
  }

  @Test
  func `move by days`() throws {
    #expect(try day("2026-02-28").adding(days: 1) == day("2026-03-01"))
    #expect(try day("2026-01-01").adding(days: -1) == day("2025-12-31"))
    #expect(try day("2026-01-01").days(to: day("2027-01-01")) == 365)
    #expect(CivilDate(daysSinceEpoch: .max).daysSinceEpoch == 110_000_000)
    #expect(CivilDate(daysSinceEpoch: .min).daysSinceEpoch == -110_000_000)
  }
}

@Suite(.timeLimit(.minutes(10)))
struct `Times of day` {
  @Test(arguments: [
    ("00:00", 0), ("15:45", 56_700), ("23:59:59", 86_399), ("09:05:00", 32_700),
  ])
  func `are read`(_ text: String, _ seconds: Int) throws {
    #expect(try clock(text).secondsSinceMidnight == seconds)
  }

  @Test(arguments: ["24:00", "9:15", "09:60", "09:15:60", "09:15:", "09", "", "09:15 ", "-1:00"])
  func `are not read from other spellings`(_ text: String) {
    #expect(TimeOfDay(text) == nil)
  }

  @Test
  func `are written shortly`() throws {
    #expect(try clock("09:05:00").description == "09:05")
    #expect(try clock("09:05:07").description == "09:05:07")
    #expect(TimeOfDay.businessDayStart.description == "06:00")
  }

  @Test
  func `belong to days of the week that count from Monday`() {
    #expect(Weekday.allCases.map(\.isoNumber) == Array(1...7))
    #expect(
      Weekday.allCases.map(\.rawValue).joined(separator: " ") == "mon tue wed thu fri sat sun")
    #expect(
      (-6...14).map { Weekday(isoNumber: $0).isoNumber } == [1, 2, 3, 4, 5, 6, 7] + Array(1...7)
        + Array(1...7))
  }
}
