import Testing

@Suite(.timeLimit(.minutes(10)))
struct `A market, its phases and its moments` {
  @Test(arguments: Self.cases)
  func `are refused unless the calendar has them`(_ wrong: Case) throws {
    try wrong.expectRefusal()
  }

  private static let cases: [Case] = [
    .scheduled(
      "during as text",
      "  every: 30s\n  during: 1️⃣nse-cash",
      "1️⃣ expected a mapping for 'schedule.during', got 'nse-cash'"),
    .scheduled(
      "during without value",
      "  every: 30s\n  during:1️⃣",
      "1️⃣ expected a mapping for 'schedule.during', got nothing"),
    .scheduled(
      "during without market",
      "  every: 30s\n  during: 1️⃣{ phases: [continuous] }",
      "1️⃣ missing key 'market' in 'schedule.during'"),
    .scheduled(
      "an unknown market",
      "  every: 30s\n  during: { market: 1️⃣nse-chas }",
      "1️⃣ no market named 'nse-chas'; did you mean 'nse-cash'?"),
    .scheduled(
      "a market far off",
      "  every: 30s\n  during: { market: 1️⃣lse }",
      "1️⃣ no market named 'lse'; markets are: nse-cash, nse-fno"),
    .scheduled(
      "a market in another case",
      "  every: 30s\n  during: { market: 1️⃣NSE-CASH }",
      "1️⃣ no market named 'NSE-CASH'; did you mean 'nse-cash'?"),
    .scheduled(
      "an empty market",
      "  every: 30s\n  during: { market: 1️⃣\"\" }",
      "1️⃣ no market named ''; markets are: nse-cash, nse-fno"),
    .scheduled(
      "a market without value",
      "  every: 30s\n  during: { market: 1️⃣}",
      "1️⃣ expected text for 'schedule.during.market', got nothing"),
    .scheduled(
      "a market as a list",
      "  every: 30s\n  during: { market: 1️⃣[nse-cash, nse-fno] }",
      "1️⃣ expected text for 'schedule.during.market', got a list"),
    .scheduled(
      "an unknown class",
      "  every: 30s\n  during: { market: 1️⃣nse-cash/bonds }",
      "1️⃣ no class 'nse-cash/bonds'; did you mean 'nse-cash/fno'?"),
    .scheduled(
      "a misspelt class",
      "  every: 30s\n  during: { market: 1️⃣nse-cash/fo }",
      "1️⃣ no class 'nse-cash/fo'; did you mean 'nse-cash/fno'?"),
    .scheduled(
      "an empty class",
      "  every: 30s\n  during: { market: 1️⃣nse-cash/ }",
      "1️⃣ no class 'nse-cash/'; did you mean 'nse-cash/fno'?"),
    .scheduled(
      "two classes",
      "  every: 30s\n  during: { market: 1️⃣nse-cash/fno/x }",
      "1️⃣ no class 'nse-cash/fno/x'; did you mean 'nse-cash/fno'?"),
    .scheduled(
      "a class of a market that has none",
      "  every: 30s\n  during: { market: 1️⃣nse-fno/fno }",
      "1️⃣ no class 'nse-fno/fno'; classes are: nse-fno/expiring-index"),
    .scheduled(
      "an unknown phase",
      "  every: 30s\n  during: { market: nse-cash, phases: [1️⃣continous] }",
      "1️⃣ expected pre-open, buffer, continuous, closing-auction or post-close for "
        + "'schedule.during.phases', got 'continous'; did you mean 'continuous'?"),
    .scheduled(
      "a phase far off",
      "  every: 30s\n  during: { market: nse-cash, phases: [1️⃣lunch] }",
      "1️⃣ expected pre-open, buffer, continuous, closing-auction or post-close for "
        + "'schedule.during.phases', got 'lunch'"),
    .scheduled(
      "a phase with an underscore",
      "  every: 30s\n  during: { market: nse-cash, phases: [1️⃣pre_open] }",
      "1️⃣ expected pre-open, buffer, continuous, closing-auction or post-close for "
        + "'schedule.during.phases', got 'pre_open'; did you mean 'pre-open'?"),
    .scheduled(
      "a phase the market never has",
      "  every: 30s\n  during: { market: nse-fno, phases: [1️⃣closing-auction] }",
      "1️⃣ nse-fno has no phase 'closing-auction'; it has pre-open, continuous"),
    .scheduled(
      "a phase twice",
      "  every: 30s\n  during: { market: nse-cash, phases: [continuous, pre-open, "
        + "1️⃣continuous] }",
      "1️⃣ 'continuous' stands here twice"),
    .scheduled(
      "no phases",
      "  every: 30s\n  during: { market: nse-cash, phases: 1️⃣[] }",
      "1️⃣ an empty list of phases; leave the key out for the whole day"),
    .scheduled(
      "phases without value",
      "  every: 30s\n  during: { market: nse-cash, phases: 1️⃣}",
      "1️⃣ expected pre-open, buffer, continuous, closing-auction or post-close for "
        + "'schedule.during.phases', got nothing"),
    .scheduled(
      "phases as a mapping",
      "  every: 30s\n  during: { market: nse-cash, phases: 1️⃣{ continuous: true } }",
      "1️⃣ expected pre-open, buffer, continuous, closing-auction or post-close for "
        + "'schedule.during.phases', got a mapping"),
    .scheduled(
      "an unknown edge",
      "  every: 30s\n  during: { market: nse-cash, until: 1️⃣noon }",
      "1️⃣ expected a moment such as open+5m or close-15m, got 'noon'"),
    .scheduled(
      "an edge that is a time",
      "  every: 30s\n  during: { market: nse-cash, until: 1️⃣\"15:35\" }",
      "1️⃣ expected a moment such as open+5m or close-15m, got '15:35'"),
    .scheduled(
      "an edge without a unit",
      "  every: 30s\n  during: { market: nse-cash, until: 1️⃣close+5 }",
      "1️⃣ expected a moment such as open+5m or close-15m, got 'close+5'"),
    .scheduled(
      "an edge without value",
      "  every: 30s\n  during: { market: nse-cash, from: 1️⃣}",
      "1️⃣ expected text for 'schedule.during.from', got nothing"),
    .scheduled(
      "edges that leave nothing",
      "  every: 30s\n  during: { market: nse-cash, from: close, 1️⃣until: open }",
      "1️⃣ from close until open is no time at all"),
    .scheduled(
      "edges that meet",
      "  every: 30s\n  during: { market: nse-cash, from: open+5m, 1️⃣until: open+5m }",
      "1️⃣ from open+5m until open+5m is no time at all"),
    .scheduled(
      "edges the wrong way round",
      "  every: 30s\n  during: { market: nse-cash, from: close-5m, 1️⃣until: close-10m }",
      "1️⃣ from close-5m until close-10m is no time at all"),
  ]
}
