import Testing

@Suite(.timeLimit(.minutes(10)))
struct `Needs, promises and limits` {
  @Test(arguments: Self.cases)
  func `are refused unless they can be kept`(_ wrong: Case) throws {
    try wrong.expectRefusal()
  }

  private static let cases: [Case] = [
    .job(
      "idempotent in words",
      "idempotent: 1️⃣maybe",
      "1️⃣ expected true or false for 'idempotent', got 'maybe'"),
    .job(
      "idempotent as yes",
      "idempotent: 1️⃣yes",
      "1️⃣ expected true or false for 'idempotent', got 'yes'; did you mean true?"),
    .job(
      "idempotent as a number",
      "idempotent: 1️⃣1",
      "1️⃣ expected true or false for 'idempotent', got '1'"),
    .job(
      "idempotent in quotes",
      #"idempotent: 1️⃣"true""#,
      "1️⃣ expected true or false for 'idempotent', got the text 'true'; remove the quotes"),
    .job(
      "idempotent without value",
      "idempotent:1️⃣",
      "1️⃣ expected true or false for 'idempotent', got nothing"),
    .job(
      "needs as a list",
      "needs: 1️⃣[signed_in]",
      "1️⃣ expected a mapping for 'needs', got a list"),
    .job("needs without value", "needs:1️⃣", "1️⃣ expected a mapping for 'needs', got nothing"),
    .job(
      "signed in as of yes",
      "needs: { signed_in: 1️⃣yes }",
      "1️⃣ expected true or false for 'needs.signed_in', got 'yes'; did you mean true?"),
    .job(
      "something unknown fresh",
      "needs: { fresh: { positons: 1️⃣60s } }",
      "1️⃣ nothing named 'positons' can be fresh; did you mean 'positions'?"),
    .job(
      "something far off fresh",
      "needs: { fresh: { candles: 1️⃣60s } }",
      "1️⃣ nothing named 'candles' can be fresh; there are: positions, prices"),
    .job(
      "freshness without a unit",
      "needs: { fresh: { positions: 1️⃣60 } }",
      "1️⃣ '60' has no unit; say 60s or 60m"),
    .job(
      "freshness of nothing",
      "needs: { fresh: { positions: 1️⃣0s } }",
      "1️⃣ must be longer than nothing"),
    .job(
      "freshness without value",
      "needs: { fresh: { positions: 1️⃣} }",
      "1️⃣ expected a span such as 30s for 'needs.fresh.positions', got nothing"),
    .job(
      "freshness as a list",
      "needs: { fresh: 1️⃣[positions] }",
      "1️⃣ expected a mapping for 'needs.fresh', got a list"),
    .job(
      "an unknown gate",
      "needs: { gates: [1️⃣kill-switch-of] }",
      "1️⃣ no gate named 'kill-switch-of'; did you mean 'kill-switch-off'?"),
    .job(
      "a gate far off",
      "needs: { gates: [1️⃣market-open] }",
      "1️⃣ no gate named 'market-open'; gates are: kill-switch-off"),
    .job(
      "a gate twice",
      "needs: { gates: [kill-switch-off, 1️⃣kill-switch-off] }",
      "1️⃣ 'kill-switch-off' stands here twice"),
    .job(
      "gates without value",
      "needs: { gates: 1️⃣}",
      "1️⃣ expected text for 'needs.gates', got nothing"),
    .job(
      "a promise as a span",
      "promise: 1️⃣90s",
      "1️⃣ expected a mapping for 'promise', got '90s'"),
    .job(
      "an empty promise",
      "promise: 1️⃣{}",
      "1️⃣ an empty promise; give success_within, ok_by or start_within"),
    .job(
      "a promise without value",
      "promise:1️⃣",
      "1️⃣ expected a mapping for 'promise', got nothing"),
    .job(
      "a promise without a unit",
      "promise: { success_within: 1️⃣90 }",
      "1️⃣ '90' has no unit; say 90s or 90m"),
    .scheduled(
      "a promise at no time",
      "  every: 1h\npromise: { ok_by: 1️⃣\"25:00\" }",
      "1️⃣ expected a time of day such as 16:20 for 'promise.ok_by', got the text '25:00'"),
    .scheduled(
      "a promise without its zero",
      "  every: 1h\npromise: { ok_by: 1️⃣9:20 }",
      "1️⃣ expected a time of day such as 16:20 for 'promise.ok_by', got '9:20'"),
    .job(
      "a promise by a time, without a schedule",
      #"1️⃣promise: { ok_by: "17:20" }"#,
      "1️⃣ 'ok_by' without a schedule"),
    .job(
      "a promise to start, without a schedule",
      "1️⃣promise: { start_within: 30s }",
      "1️⃣ 'start_within' without a schedule"),
    .scheduled(
      "a promise to start at once",
      "  every: 1h\npromise: { start_within: 1️⃣0s }",
      "1️⃣ must be longer than nothing"),
    .job(
      "an unknown channel",
      "alert: [1️⃣mail]",
      "1️⃣ expected email or webhook for 'alert', got 'mail'; did you mean 'email'?"),
    .job(
      "a channel far off",
      "alert: [1️⃣pager]",
      "1️⃣ expected email or webhook for 'alert', got 'pager'"),
    .job("a channel twice", "alert: [email, webhook, 1️⃣email]", "1️⃣ 'email' stands here twice"),
    .job(
      "channels without value",
      "alert:1️⃣",
      "1️⃣ expected email or webhook for 'alert', got nothing"),
    .job(
      "channels as a mapping",
      "alert: 1️⃣{ email: true }",
      "1️⃣ expected email or webhook for 'alert', got a mapping"),
    .job(
      "an output limit too small",
      "output_limit: 1️⃣100",
      "1️⃣ expected 1024 to 1048576 for 'output_limit', got '100'"),
    .job(
      "an output limit too large",
      "output_limit: 1️⃣2097152",
      "1️⃣ expected 1024 to 1048576 for 'output_limit', got '2097152'"),
    .job(
      "an output limit with a unit",
      "output_limit: 1️⃣64KiB",
      "1️⃣ expected a whole number for 'output_limit', got '64KiB'"),
    .job("tags as a mapping", "tags: 1️⃣{ a: b }", "1️⃣ expected text for 'tags', got a mapping"),
    .job("a tag twice", "tags: [desk, 1️⃣desk]", "1️⃣ 'desk' stands here twice"),
    .job("a tag that is a list", "tags: [1️⃣[desk]]", "1️⃣ expected text for 'tags', got a list"),
    .job(
      "a description that is a list",
      "description: 1️⃣[a]",
      "1️⃣ expected text for 'description', got a list"),
    .job(
      "a description without value",
      "description:1️⃣",
      "1️⃣ expected text for 'description', got nothing"),
  ]
}
