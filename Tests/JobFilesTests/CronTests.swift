import Testing

@Suite(.timeLimit(.minutes(10)))
struct `A cron expression in a job file` {
  @Test(arguments: Self.cases)
  func `is refused unless its dates can come`(_ wrong: Case) throws {
    try wrong.expectRefusal()
  }

  private static let cases: [Case] = [
    .cron(
      "six fields",
      "0 20 16 * * mon-fri",
      #"expected five cron fields (minute hour day month weekday), got 6: "0 20 16 * * "#
        + #"mon-fri"; slots start on the minute: drop the seconds"#),
    .cron(
      "four fields",
      "20 16 * *",
      #"expected five cron fields (minute hour day month weekday), got 4: "20 16 * *""#),
    .cron(
      "one word",
      "hourly",
      #"expected five cron fields (minute hour day month weekday), got 1: "hourly""#),
    .cron(
      "a nickname",
      "@daily",
      #"expected five cron fields (minute hour day month weekday), got 1: "@daily""#),
    .cron(
      "nothing",
      "",
      #"expected five cron fields (minute hour day month weekday), got 0: """#),
    .cron(
      "an impossible minute",
      "60 16 * * *",
      "cron field minute '60' has '60', which is not 0…59"),
    .cron(
      "an impossible hour",
      "20 24 * * *",
      "cron field hour '24' has '24', which is not 0…23"),
    .cron("day zero", "20 16 0 * *", "cron field day of month '0' has '0', which is not 1…31"),
    .cron("day 32", "20 16 32 * *", "cron field day of month '32' has '32', which is not 1…31"),
    .cron(
      "month 13",
      "20 16 * 13 *",
      "cron field month '13' has '13', which is not 1…12 or jan, feb, mar, apr, may, "
        + "jun, jul, aug, sep, oct, nov, dec"),
    .cron(
      "weekday 8",
      "20 16 * * 8",
      "cron field day of week '8' has '8', which is not 0…7 or sun, mon, tue, wed, thu, fri, sat"),
    .cron(
      "a date that never comes",
      "0 9 31 4 *",
      #""0 9 31 4 *" names dates that never come (day 31, month 4)"#),
    .cron(
      "the thirtieth of February",
      "0 9 30 2 *",
      #""0 9 30 2 *" names dates that never come (day 30, month 2)"#),
    .cron(
      "a date that never comes in three months",
      "0 9 31 2,4,6 *",
      #""0 9 31 2,4,6 *" names dates that never come (day 31, month 2,4,6)"#),
    .cron(
      "an unknown month",
      "0 9 1 foo *",
      "cron field month 'foo' has 'foo', which is not 1…12 or jan, feb, mar, apr, may, "
        + "jun, jul, aug, sep, oct, nov, dec"),
    .cron(
      "an unknown weekday",
      "0 9 * * fry",
      "cron field day of week 'fry' has 'fry', which is not 0…7 or sun, mon, tue, wed, "
        + "thu, fri, sat"),
    .cron("a negative minute", "-5 9 * * *", "cron field minute '-5' has '', which is not 0…59"),
    .cron("a range backwards", "50-10 9 * * *", "cron field minute '50-10' runs backwards"),
    .cron("a range of three", "1-2-3 9 * * *", "cron field minute '1-2-3' is no range"),
    .cron("a step of nothing", "*/0 9 * * *", "cron field minute '*/0' has a step outside 1…59"),
    .cron("a step too large", "*/60 9 * * *", "cron field minute '*/60' has a step outside 1…59"),
    .cron("a negative step", "*/-5 9 * * *", "cron field minute '*/-5' has a step outside 1…59"),
    .cron("two steps", "*/5/2 9 * * *", "cron field minute '*/5/2' has more than one step"),
    .cron("an empty step", "*/ 9 * * *", "cron field minute '*/' has a step outside 1…59"),
    .cron("an empty part", "1,,2 9 * * *", "cron field minute '' has '', which is not 0…59"),
    .cron("a comma at the end", "1, 9 * * *", "cron field minute '' has '', which is not 0…59"),
    .cron(
      "a question mark",
      "0 9 ? * mon",
      "cron field day of month '?' has '?', which is not 1…31"),
    .cron(
      "days before the last",
      "0 9 L-3 * *",
      "cron field day of month 'L-3' has L out of place; the last day is L, the days up to it are "
        + "28-L"),
    .cron(
      "the last Friday as others write it",
      "0 9 * * friL",
      "cron field day of week 'friL' is written L5 here: the last fri of the month"),
    .cron(
      "a sixth Friday",
      "0 9 * * fri#6",
      "cron field day of week 'fri#6' has '#6'; the first to the fifth of a month are #1 to #5"),
    .cron(
      "the second Friday beside a date",
      "0 9 13 * fri#2",
      #""0 9 13 * fri#2" restricts the day of month beside 'fri#2'; crons differ on whether one or "#
        + "both must match: make two jobs of it"),
    .cron(
      "a second Friday that never comes",
      "0 9 */20 * fri#2",
      #""0 9 */20 * fri#2" names dates that never come (day */20, month *, weekday fri#2)"#),
    .cron(
      "digits of another script",
      "٥ 9 * * *",
      "cron field minute '٥' has '٥', which is not 0…59"),
    .cron("a fraction", "1.5 9 * * *", "cron field minute '1.5' has '1.5', which is not 0…59"),
    .scheduled(
      "cron as a number",
      "  cron: 1️⃣5\n  timezone: Asia/Kolkata",
      #"1️⃣ expected five cron fields (minute hour day month weekday), got 1: "5""#),
    .scheduled(
      "cron without quotes begins with an alias",
      "  cron: 1️⃣* * * * *\n  timezone: Asia/Kolkata",
      "1️⃣ a value cannot begin with '*' or '&'; put it in quotes"),
    .scheduled(
      "cron as a list",
      "  cron: 1️⃣[20, 16]\n  timezone: Asia/Kolkata",
      "1️⃣ expected five cron fields for 'schedule.cron', got a list"),
    .scheduled(
      "cron without value",
      "  cron:1️⃣\n  timezone: Asia/Kolkata",
      "1️⃣ expected five cron fields for 'schedule.cron', got nothing"),
  ]
}
