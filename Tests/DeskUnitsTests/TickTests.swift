import Desk
import DeskStore
import Jobs
import Postgres
import Support
import Testing
import TradingTime

@testable import DeskUnits

@Suite(.freshDatabase(bothWings), .timeLimit(.minutes(10)))
struct `A strategy's tick` {
  private let cross: [String: JSONValue] = [
    "strategy": "sma-cross", "fast": "2", "slow": "3", "quantity": "10",
  ]

  /// Closes of finished bars, oldest first, and a price a few seconds old.
  private func opened(_ closes: [String] = ["1440", "1452.5", "1455"]) async throws -> Bench {
    let bench = try await Bench.open()
    bench.trade()
    try await bench.run("sync-positions")
    let rows = closes.enumerated().map { Wire.candle("20/11/2026", "10:\(40 + 5 * $0.0):59", $0.1) }
    for code in [2885, 1594] { bench.broker.answer("historical/NC/\(code)/5minute", rows: rows) }
    bench.broker.answer(
      "historical/NC/2885/5minute", rows: rows + [Wire.candle("20/11/2026", "11:00:02", "1460")])
    try await bench.set(clock: "2026-11-20T11:00:05+05:30")
    try await bench.run("update-prices", item: nil)
    return bench
  }

  @Test func `targets are recorded with their reasons, and nothing is ordered`() async throws {
    let bench = try await opened()
    _ = bench.broker.asked()
    let ran = try await bench.run("strategy-tick", with: cross)
    #expect(ran.result.verdict == .ok && ran.result.kind == "targets")
    #expect(
      ran.result.rows == [
        [
          "instrument": "NC:1594", "held": 50, "target": .null, "limit": .null,
          "why": "price is 546 s old", "price": "1455", "price_at": "2026-11-20T10:50:59+05:30",
        ],
        [
          "instrument": "NC:2885", "held": 100, "target": 10, "limit": "1460",
          "why": "sma2 1453.75 > sma3 1449.17", "price": "1460",
          "price_at": "2026-11-20T11:00:02+05:30",
        ],
      ])
    #expect(ran.result.figures["mode"] == "paper" && ran.result.figures["armed"] == false)
    #expect(
      ran.log == [
        "NC:1594: no opinion, price is 546 s old",
        "NC:2885: wants 10, sma2 1453.75 > sma3 1449.17",
      ])
    let kept = try await bench.desk.latestTargets(
      of: "sma-cross", account: "asha", on: bench.pool)
    #expect(kept.map(\.quantity) == [nil, 10])
    #expect(kept.map(\.why) == ["price is 546 s old", "sma2 1453.75 > sma3 1449.17"])
    #expect(bench.broker.asked() == [], "a tick asks the broker nothing")
  }

  @Test func `a bar that is still growing is never looked at`() async throws {
    let bench = try await opened(["1440", "1452.5"])
    let ran = try await bench.run("strategy-tick", with: cross)
    #expect(ran.result.verdict == .noData)
    #expect(ran.result.rows.map { $0["why"] } == ["2 of 3 closes", "2 of 3 closes"])
  }

  @Test func `with bars enough and no price that is good, the input is stale`() async throws {
    let bench = try await opened()
    try await bench.set(clock: "2026-11-20T11:01:00+05:30")
    let ran = try await bench.run("strategy-tick", with: cross)
    #expect(ran.result.verdict == .staleInput)
    #expect(ran.result.rows.map { $0["target"] } == [.null, .null])
  }

  @Test func `with bars that stopped long ago and a price that is good, the input is stale`()
    async throws
  {
    let bench = try await opened()
    try await bench.set(clock: "2026-11-20T11:12:05+05:30")
    let price = Price(
      key: InstrumentKey(exchange: "NC", scripCode: 2885), last: try #require(Money("1470")),
      at: instant("2026-11-20T11:12:04+05:30"), source: Price.feed)
    try await bench.desk.upsert([try #require(price)], on: bench.pool)
    let ran = try await bench.run("strategy-tick", with: cross)
    #expect(ran.result.verdict == .staleInput)
    #expect(ran.result.rows.last?["why"] == "its bars end 1266 s ago")
  }

  @Test func `an armed strategy is told apart, and looks where it is told`() async throws {
    let bench = try await opened()
    try await bench.desk.set(
      "sma-cross", of: "asha", armed: true, by: "meera", reason: "try it", on: bench.pool)
    var parameters = cross
    parameters["universe"] = ["NC:2885"]
    let ran = try await bench.run("strategy-tick", with: parameters)
    #expect(ran.result.figures["armed"] == true && ran.result.figures["looked_at"] == 1)
    let state = try await bench.desk.strategySwitches(on: bench.pool)
    #expect(state.map(\.lastTickAt) == [bench.now])
  }

  @Test func `without a mirrored session there is nothing to think about`() async throws {
    let bench = try await Bench.open()
    let ran = try await bench.run("strategy-tick", with: cross)
    #expect(ran.result.verdict == .noData)
    #expect(
      ran.log == [
        "no books of asha are on record for 2026-11-20; run: muhurat run sync-positions --item asha"
      ])
  }

  @Test(
    arguments: [
      ([:], "plain: 'with' names no strategy; strategies are: rsi-revert, sma-cross"),
      (
        ["strategy": "smacross"],
        "plain: no strategy named 'smacross'; strategies are: rsi-revert, sma-cross"
      ),
      (
        ["strategy": "sma-cross", "fast": "20", "slow": "5"],
        "plain: parameter 'fast' is \"20\": it must be smaller than slow (5)"
      ),
      (
        ["strategy": "sma-cross", "length": "14"],
        "plain: sma-cross has no parameter 'length'; it has: fast, may_short, quantity, slow"
      ),
      (
        ["strategy": "sma-cross", "stale_after": "soon"],
        "plain: parameter 'stale_after': 'soon' is no span; write one such as 30s, 5m or 1h30m"
      ),
    ] as [([String: JSONValue], String)]) func `parameters are refused in words`(
      _ parameters: [String: JSONValue], _ expected: String
    ) async throws
  {
    let bench = try await Bench.open()
    #expect(try await bench.failure("strategy-tick", with: parameters) == expected)
    #expect(try await bench.count("desk.target") == 0)
  }
}
