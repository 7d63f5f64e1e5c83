import Jobs
import Testing
import TradingTime

@Suite(.timeLimit(.minutes(10)))
struct `Cron expressions` {
  struct Refusal: CustomTestStringConvertible {
    var text: String
    var says: String
    var testDescription: String { text }
  }

  @Test(arguments: [
    Refusal(
      text: "0 9 31 4 *",
      says: "\"0 9 31 4 *\" names dates that never come (day 31, month 4)"),
    Refusal(
      text: "0 9 30,31 2 *",
      says: "\"0 9 30,31 2 *\" names dates that never come (day 30,31, month 2)"),
    Refusal(
      text: "0 9 31 4 */2",
      says: "\"0 9 31 4 */2\" names dates that never come (day 31, month 4)"),
    Refusal(
      text: "0 45 15 * * mon-fri",
      says:
        "expected five cron fields (minute hour day month weekday), got 6: \"0 45 15 * * mon-fri\"; slots start on the minute: drop the seconds"
    ),
    Refusal(
      text: "@daily",
      says: "expected five cron fields (minute hour day month weekday), got 1: \"@daily\""),
    Refusal(
      text: "0 9 */20 * fri#2",
      says:
        "\"0 9 */20 * fri#2\" names dates that never come (day */20, month *, weekday fri#2)"),
    Refusal(
      text: "0 9 */31 2 L5",
      says: "\"0 9 */31 2 L5\" names dates that never come (day */31, month 2, weekday L5)"),
    Refusal(
      text: "0 9 13 * L5",
      says:
        "\"0 9 13 * L5\" restricts the day of month beside 'L5'; crons differ on whether one or both must match: make two jobs of it"
    ),
    Refusal(
      text: "0 9 L * mon#1",
      says:
        "\"0 9 L * mon#1\" restricts the day of month beside 'mon#1'; crons differ on whether one or both must match: make two jobs of it"
    ),
    Refusal(
      text: "0 9 * * mon#1,fri",
      says:
        "cron field day of week 'mon#1,fri' mixes every week's days with days by '#' or 'L'; make two jobs of it"
    ),
    Refusal(
      text: "0 9 * * fri#0",
      says:
        "cron field day of week 'fri#0' has '#0'; the first to the fifth of a month are #1 to #5"),
    Refusal(
      text: "0 9 * * fri#",
      says: "cron field day of week 'fri#' has '#'; the first to the fifth of a month are #1 to #5"),
    Refusal(
      text: "0 9 * * *#1",
      says:
        "cron field day of week '*#1' has '#' behind '*'; write a weekday or a range such as mon-fri"
    ),
    Refusal(
      text: "0 9 * * L",
      says: "cron field day of week 'L' has L without a weekday; the last Friday is L5"),
    Refusal(
      text: "0 9 * * 5L",
      says: "cron field day of week '5L' is written L5 here: the last fri of the month"),
    Refusal(
      text: "0 9 * * L8",
      says:
        "cron field day of week 'L8' has 'L8', which is not 0…7 or sun, mon, tue, wed, thu, fri, sat"
    ),
    Refusal(
      text: "0 9 L/2 * *",
      says:
        "cron field day of month 'L/2' has L out of place; the last day is L, the days up to it are 28-L"
    ),
    Refusal(text: "0 L * * *", says: "cron field hour 'L' has 'L', which is not 0…23"),
    Refusal(text: "60 * * * *", says: "cron field minute '60' has '60', which is not 0…59"),
    Refusal(text: "* 24 * * *", says: "cron field hour '24' has '24', which is not 0…23"),
    Refusal(text: "* * 0 * *", says: "cron field day of month '0' has '0', which is not 1…31"),
    Refusal(
      text: "* * * foo *",
      says:
        "cron field month 'foo' has 'foo', which is not 1…12 or jan, feb, mar, apr, may, jun, jul, aug, sep, oct, nov, dec"
    ),
    Refusal(
      text: "* * * * 8",
      says:
        "cron field day of week '8' has '8', which is not 0…7 or sun, mon, tue, wed, thu, fri, sat"
    ),
    Refusal(text: "30-10 * * * *", says: "cron field minute '30-10' runs backwards"),
    Refusal(text: "*/0 * * * *", says: "cron field minute '*/0' has a step outside 1…59"),
    Refusal(text: "*/60 * * * *", says: "cron field minute '*/60' has a step outside 1…59"),
    Refusal(text: "*/5/2 * * * *", says: "cron field minute '*/5/2' has more than one step"),
    Refusal(text: "1-2-3 * * * *", says: "cron field minute '1-2-3' is no range"),
    Refusal(text: "1,,2 * * * *", says: "cron field minute '' has '', which is not 0…59"),
    Refusal(text: "-5 * * * *", says: "cron field minute '-5' has '', which is not 0…59"),
    Refusal(text: "+5 * * * *", says: "cron field minute '+5' has '+5', which is not 0…59"),
  ])
  func `that mean nothing are refused with the way out`(_ refusal: Refusal) {
    let error = #expect(throws: CronError.self) { try CronExpression(refusal.text) }
    #expect(error?.description == refusal.says)
  }

  @Test(arguments: ["0 9 29 2 *", "0 9 31 4 mon", "0 9 31 1,4 *", "0 9 29-31 2 *"])
  func `whose dates come seldom are taken`(_ text: String) throws {
    let schedule = Schedule.cron(text, "UTC")
    let leapCycle = at("2026-01-01T00:00:00Z")
    #expect(
      schedule.next(
        after: leapCycle, before: leapCycle + .seconds(4 * 366 * 86_400), in: SmallWorld.almanac)
        != nil)
  }

  @Test
  func `on 29 February wait for a leap year`() {
    let next = Schedule.cron("0 9 29 2 *", "UTC").next(
      after: at("2026-03-01T00:00:00Z"), before: at("2030-01-01T00:00:00Z"),
      in: SmallWorld.almanac)
    #expect(next?.description == "2028-02-29T09:00:00Z")
  }

  /// Ten dates at most, of two years.
  private func dates(_ text: String, from start: String = "2026-07-01") -> [String] {
    let expression = cron(text)
    return (0..<730).map { day(start).adding(days: $0) }.filter(expression.matches).prefix(10)
      .map { String($0.description.dropFirst(2)) }
  }

  @Test
  func `know the last day of a month, alone, in a list and at a range's end`() {
    #expect(
      dates("0 9 L * *", from: "2028-01-01").prefix(4) == [
        "28-01-31", "28-02-29", "28-03-31", "28-04-30",
      ])
    #expect(dates("0 9 15,l 2 *") == ["27-02-15", "27-02-28", "28-02-15", "28-02-29"])
    #expect(
      dates("0 9 30-L 4,5 *") == ["27-04-30", "27-05-30", "27-05-31", "28-04-30", "28-05-30"] + [
        "28-05-31"
      ])
    #expect(
      dates("0 9 L 7 mon") == [
        "26-07-06", "26-07-13", "26-07-20", "26-07-27", "26-07-31", "27-07-05", "27-07-12",
        "27-07-19", "27-07-26", "27-07-31",
      ], "either day field")
    #expect(
      dates("0 9 L * */5", from: "2026-07-01").prefix(2) == ["26-07-31", "27-01-31"],
      "a starred field must match too")
  }

  @Test
  func `know the first to the fifth and the last of a weekday`() {
    #expect(dates("0 9 * 7-9 fri#2").prefix(3) == ["26-07-10", "26-08-14", "26-09-11"])
    #expect(dates("0 9 * * 5#5").prefix(3) == ["26-07-31", "26-10-30", "27-01-29"])
    #expect(dates("0 9 * 7 7#1") == dates("0 9 * 7 sun#1"))
    #expect(dates("0 9 * 7 mon-wed#1").prefix(3) == ["26-07-01", "26-07-06", "26-07-07"])
    #expect(dates("0 9 * 7 1-3#1") == dates("0 9 * 7 mon-wed#1"))
    #expect(dates("0 9 * 7 mon#1,fri#3").prefix(2) == ["26-07-06", "26-07-17"])
    #expect(dates("0 9 * * L5").prefix(3) == ["26-07-31", "26-08-28", "26-09-25"])
    #expect(dates("0 9 * 7 l7") == dates("0 9 * 7 L0"))
    #expect(dates("0 9 * 7 L5,mon#1").prefix(2) == ["26-07-06", "26-07-31"])
    #expect(dates("0 9 */2 * fri#2").prefix(2) == ["26-09-11", "26-10-09"])
  }

  @Test
  func `with a fifth weekday in February wait for their year`() {
    #expect(
      cron("0 9 * 2 mon#5").matches(day("2044-02-29")),
      "a date that comes once in 28 years can come")
  }

  @Test
  func `match either day field if both are restricted`() {
    let either = cron("0 9 13 * fri")
    #expect(either.matches(day("2026-07-13")))
    #expect(either.matches(day("2026-07-10")))
    #expect(!either.matches(day("2026-07-14")))
    let both = cron("0 9 */2 * fri")
    #expect(both.matches(day("2026-07-03")))
    #expect(!both.matches(day("2026-07-10")), "an even day: a starred field must match too")
  }

  @Test(arguments: [
    ("sun", ["2026-07-12"]), ("0", ["2026-07-12"]), ("7", ["2026-07-12"]),
    ("sat-sun", ["2026-07-11", "2026-07-12"]),
    ("fri-7", ["2026-07-10", "2026-07-11", "2026-07-12"]),
    ("sun-tue", ["2026-07-12", "2026-07-07", "2026-07-06"]),
    ("5/1", ["2026-07-10", "2026-07-11", "2026-07-12"]),
    ("*/3", ["2026-07-12", "2026-07-08", "2026-07-11"]),
  ])
  func `know Sunday by both its numbers`(_ weekday: String, _ dates: [String]) {
    let expression = cron("0 9 * * \(weekday)")
    let matching = (6...12).map { day("2026-07-\($0 < 10 ? "0" : "")\($0)") }
      .filter(expression.matches).map(\.description)
    #expect(Set(matching) == Set(dates))
  }

  @Test
  func `come on the local Monday, also ahead of Greenwich`() {
    #expect(
      Schedule.cron("0 0 * * 1").lines(at("2026-07-04T00:00:00"), at("2026-07-14T00:00:00")) == [
        "2026-07-06T00:00:00+05:30", "2026-07-13T00:00:00+05:30",
      ])
  }
}
