import Jobs
import Testing
import TradingTime

@Suite(.timeLimit(.minutes(2)))
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
