import Testing

@Suite(.timeLimit(.minutes(10)))
struct `A schedule` {
  @Test(arguments: Self.cases)
  func `is refused unless it says when`(_ wrong: Case) throws {
    try wrong.expectRefusal()
  }

  private static let cases: [Case] = [
    .job(
      "a schedule as text",
      "schedule: 1️⃣every 30s",
      "1️⃣ expected a mapping for 'schedule', got 'every 30s'"),
    .job(
      "a schedule as a list",
      "schedule: 1️⃣[30s]",
      "1️⃣ expected a mapping for 'schedule', got a list"),
    .job(
      "a schedule without value",
      "schedule:1️⃣",
      "1️⃣ expected a mapping for 'schedule', got nothing"),
    .job(
      "an empty schedule",
      "schedule: 1️⃣{}",
      "1️⃣ a schedule without a time; give one of every, at or cron"),
    .scheduled(
      "no time",
      "  1️⃣during: { market: nse-cash }",
      "1️⃣ a schedule without a time; give one of every, at or cron"),
    .scheduled(
      "two times",
      "  every: 30s\n  1️⃣cron: \"* * * * *\"\n  timezone: Asia/Kolkata",
      "1️⃣ 'cron' beside 'every'; give one of them"),
    .scheduled(
      "three times",
      "  every: 30s\n  1️⃣at: \"16:20\"\n  cron: \"* * * * *\"\n  timezone: Asia/Kolkata",
      "1️⃣ 'at' beside 'every'; give one of them"),
    .scheduled(
      "an interval without a unit",
      "  every: 1️⃣30",
      "1️⃣ '30' has no unit; say 30s or 30m"),
    .scheduled("an interval of nothing", "  every: 1️⃣0s", "1️⃣ an interval of 0s; use 1s to 7d"),
    .scheduled(
      "an interval too short",
      "  every: 1️⃣500ms",
      "1️⃣ an interval of 500ms; use 1s to 7d"),
    .scheduled("an interval too long", "  every: 1️⃣8d", "1️⃣ an interval of 8d; use 1s to 7d"),
    .scheduled(
      "an interval in words",
      "  every: 1️⃣minute",
      "1️⃣ 'minute' is no span; write one such as 30s, 5m or 1h30m"),
    .scheduled(
      "an interval without value",
      "  every:1️⃣",
      "1️⃣ expected a span such as 30s for 'schedule.every', got nothing"),
    .scheduled(
      "at without zone",
      #"  1️⃣at: "16:20""#,
      "1️⃣ 'at' without 'timezone'; add timezone: Asia/Kolkata, or another"),
    .scheduled(
      "cron without zone",
      #"  1️⃣cron: "20 16 * * *""#,
      "1️⃣ 'cron' without 'timezone'; add timezone: Asia/Kolkata, or another"),
    .scheduled(
      "at on a market's days without zone",
      "  1️⃣at: \"16:20\"\n  during: { market: nse-cash }",
      "1️⃣ 'at' without 'timezone'; add timezone: Asia/Kolkata, or another"),
    .scheduled(
      "at without its zero",
      "  at: 1️⃣\"9:15\"\n  timezone: Asia/Kolkata",
      #"1️⃣ expected a time such as "16:20" or a moment such as close+15m, got '9:15'; "#
        + #"write "09:15""#),
    .scheduled(
      "at midnight of the day after",
      "  at: 1️⃣\"24:00\"\n  timezone: Asia/Kolkata",
      #"1️⃣ expected a time such as "16:20" or a moment such as close+15m, got '24:00'"#),
    .scheduled(
      "at an impossible minute",
      "  at: 1️⃣\"16:60\"\n  timezone: Asia/Kolkata",
      #"1️⃣ expected a time such as "16:20" or a moment such as close+15m, got '16:60'"#),
    .scheduled(
      "at in twelve hours",
      "  at: 1️⃣\"4:20 pm\"\n  timezone: Asia/Kolkata",
      #"1️⃣ expected a time such as "16:20" or a moment such as close+15m, got '4:20 pm'"#),
    .scheduled(
      "at with a zone inside",
      "  at: 1️⃣\"16:20+05:30\"\n  timezone: Asia/Kolkata",
      #"1️⃣ expected a time such as "16:20" or a moment such as close+15m, got '16:20+05:30'"#),
    .scheduled(
      "at a number",
      "  at: 1️⃣1620\n  timezone: Asia/Kolkata",
      #"1️⃣ expected a time such as "16:20" or a moment such as close+15m, got '1620'"#),
    .scheduled(
      "at without value",
      "  at:1️⃣\n  timezone: Asia/Kolkata",
      "1️⃣ expected text for 'schedule.at', got nothing"),
    .scheduled(
      "at as a list",
      "  at: 1️⃣[\"16:20\", \"17:20\"]\n  timezone: Asia/Kolkata",
      "1️⃣ expected text for 'schedule.at', got a list"),
    .scheduled(
      "at a moment of no market",
      "  at: 1️⃣close+15m",
      "1️⃣ 'close+15m' of which market?; add during: { market: nse-cash }"),
    .scheduled(
      "at a moment of a wrong market says it once",
      "  at: close+15m\n  during: { market: 1️⃣nse-csah }",
      "1️⃣ no market named 'nse-csah'; did you mean 'nse-cash'?"),
    .scheduled(
      "at an unknown moment",
      "  at: 1️⃣noon\n  during: { market: nse-cash }",
      #"1️⃣ expected a time such as "16:20" or a moment such as close+15m, got 'noon'"#),
    .scheduled(
      "at a moment with a space",
      "  at: 1️⃣close + 15m\n  during: { market: nse-cash }",
      #"1️⃣ expected a time such as "16:20" or a moment such as close+15m, got 'close + 15m'"#),
    .scheduled(
      "at a moment without a unit",
      "  at: 1️⃣close+15\n  during: { market: nse-cash }",
      #"1️⃣ expected a time such as "16:20" or a moment such as close+15m, got 'close+15'"#),
    .scheduled(
      "at a moment without a sign",
      "  at: 1️⃣close15m\n  during: { market: nse-cash }",
      #"1️⃣ expected a time such as "16:20" or a moment such as close+15m, got 'close15m'"#),
    .scheduled(
      "at a moment of milliseconds",
      "  at: 1️⃣close+15ms\n  during: { market: nse-cash }",
      #"1️⃣ expected a time such as "16:20" or a moment such as close+15m, got 'close+15ms'"#),
    .scheduled(
      "at a moment in another case",
      "  at: 1️⃣Close+15m\n  during: { market: nse-cash }",
      #"1️⃣ expected a time such as "16:20" or a moment such as close+15m, got 'Close+15m'"#),
    .scheduled(
      "an unknown zone",
      "  at: \"16:20\"\n  timezone: 1️⃣Asia/Calcuta",
      "1️⃣ no time zone is named 'Asia/Calcuta'; use an IANA name such as Asia/Kolkata"),
    .scheduled(
      "an abbreviation for a zone",
      "  at: \"16:20\"\n  timezone: 1️⃣IST",
      "1️⃣ no time zone is named 'IST'; use an IANA name such as Asia/Kolkata"),
    .scheduled(
      "an offset for a zone",
      "  at: \"16:20\"\n  timezone: 1️⃣\"+05:30\"",
      "1️⃣ no time zone is named '+05:30'; use an IANA name such as Asia/Kolkata"),
    .scheduled(
      "a path for a zone",
      "  at: \"16:20\"\n  timezone: 1️⃣../../../etc/passwd",
      "1️⃣ no time zone is named '../../../etc/passwd'; use an IANA name such as Asia/Kolkata"),
    .scheduled(
      "a zone without value",
      "  at: \"16:20\"\n  timezone:1️⃣",
      "1️⃣ expected text for 'schedule.timezone', got nothing"),
    .scheduled(
      "a zone as a list",
      "  at: \"16:20\"\n  timezone: 1️⃣[Asia/Kolkata]",
      "1️⃣ expected text for 'schedule.timezone', got a list"),
    .scheduled(
      "an unknown gap rule",
      "  at: \"02:30\"\n  timezone: Europe/London\n  dst_gap: 1️⃣run_after",
      "1️⃣ expected run-after or skip for 'schedule.dst_gap', got 'run_after'; did you "
        + "mean 'run-after'?"),
    .scheduled(
      "an unknown fold rule",
      "  at: \"01:30\"\n  timezone: Europe/London\n  dst_fold: 1️⃣last",
      "1️⃣ expected first, second or both for 'schedule.dst_fold', got 'last'"),
    .scheduled(
      "a gap rule for an interval",
      "  every: 30s\n  1️⃣dst_gap: skip",
      "1️⃣ 'dst_gap' is for times of day; daylight saving moves no other"),
    .scheduled(
      "a fold rule for a market's moment",
      "  at: close+5m\n  during: { market: nse-cash }\n  1️⃣dst_fold: both",
      "1️⃣ 'dst_fold' is for times of day; daylight saving moves no other"),
  ]
}
