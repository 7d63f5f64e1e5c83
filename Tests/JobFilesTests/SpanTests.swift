import Testing

@Suite(.timeLimit(.minutes(10)))
struct `A span of time in a job file` {
  @Test(arguments: Self.cases)
  func `is refused unless it says its unit`(_ wrong: Case) throws {
    try wrong.expectRefusal()
  }

  private static let cases: [Case] = [
    .file(
      "a timeout without a unit",
      "unit: sync-positions\ntimeout: 1️⃣25",
      "1️⃣ '25' has no unit; say 25s or 25m"),
    .file(
      "a quoted timeout without a unit",
      "unit: sync-positions\ntimeout: 1️⃣\"25\"",
      "1️⃣ '25' has no unit; say 25s or 25m"),
    .file(
      "a timeout with another unit",
      "unit: sync-positions\ntimeout: 1️⃣25sec",
      "1️⃣ '25sec' has the unit 'sec'; units are ms, s, m, h and d"),
    .file(
      "a timeout in words",
      "unit: sync-positions\ntimeout: 1️⃣forever",
      "1️⃣ 'forever' is no span; write one such as 30s, 5m or 1h30m"),
    .file(
      "a timeout with a space",
      "unit: sync-positions\ntimeout: 1️⃣25 s",
      "1️⃣ '25 s' has a space in it; write the unit right behind the number"),
    .file(
      "a timeout with a fraction",
      "unit: sync-positions\ntimeout: 1️⃣2.5m",
      "1️⃣ '2.5m' has a fraction; write a smaller unit instead"),
    .file(
      "a timeout out of order",
      "unit: sync-positions\ntimeout: 1️⃣30s1m",
      "1️⃣ '30s1m' has 'm' after 's'; write the longer unit first"),
    .file(
      "a unit said twice",
      "unit: sync-positions\ntimeout: 1️⃣30s10s",
      "1️⃣ '30s10s' says 's' twice; add the parts up"),
    .file(
      "a timeout of nothing",
      "unit: sync-positions\ntimeout: 1️⃣0s",
      "1️⃣ must be longer than nothing"),
    .file(
      "a negative timeout",
      "unit: sync-positions\ntimeout: 1️⃣-5s",
      "1️⃣ '-5s' is negative; a span is not"),
    .file(
      "a timeout too long",
      "unit: sync-positions\ntimeout: 1️⃣99999999d",
      "1️⃣ '99999999d' is too long; the longest span is 36500d"),
    .file(
      "an empty timeout",
      "unit: sync-positions\ntimeout: 1️⃣\"\"",
      "1️⃣ '' is empty; write a span such as 30s"),
    .file(
      "a timeout without value",
      "unit: sync-positions\ntimeout:1️⃣",
      "1️⃣ expected a span such as 30s for 'timeout', got nothing"),
    .file(
      "a timeout as a list",
      "unit: sync-positions\ntimeout: 1️⃣[25s]",
      "1️⃣ expected a span such as 30s for 'timeout', got a list"),
    .file(
      "a timeout as a mapping",
      "unit: sync-positions\ntimeout: 1️⃣{ seconds: 25 }",
      "1️⃣ expected a span such as 30s for 'timeout', got a mapping"),
    .file(
      "a timeout as a truth",
      "unit: sync-positions\ntimeout: 1️⃣true",
      "1️⃣ 'true' is no span; write one such as 30s, 5m or 1h30m"),
    .file(
      "a timeout with a sign",
      "unit: sync-positions\ntimeout: 1️⃣+5s",
      "1️⃣ '+5s' is no span; write one such as 30s, 5m or 1h30m"),
    .file(
      "a timeout in ISO 8601",
      "unit: sync-positions\ntimeout: 1️⃣PT25S",
      "1️⃣ 'PT25S' is no span; write one such as 30s, 5m or 1h30m"),
    .job("a grace of nothing", "grace: 1️⃣0s", "1️⃣ must be longer than nothing"),
    .job("a grace without a unit", "grace: 1️⃣5", "1️⃣ '5' has no unit; say 5s or 5m"),
    .scheduled(
      "a jitter of nothing",
      "  every: 5m\njitter: 1️⃣0s",
      "1️⃣ must be longer than nothing"),
    .scheduled(
      "an expiry of nothing",
      "  every: 5m\nexpires_after: 1️⃣0s",
      "1️⃣ must be longer than nothing"),
    .scheduled(
      "an expiry that is a time",
      "  every: 5m\nexpires_after: 1️⃣\"16:20\"",
      "1️⃣ '16:20' has no unit after 16; units are ms, s, m, h and d"),
    .job(
      "a promise of nothing",
      "promise: { success_within: 1️⃣0s }",
      "1️⃣ must be longer than nothing"),
  ]
}
