import Desk
import DeskStore
import Jobs
import Postgres
import Support
import Testing
import TradingTime

@testable import DeskUnits

@Suite(.freshDatabase(bothWings), .timeLimit(.minutes(10)))
struct `Loading contracts` {
  private func row(
    _ code: Int, _ symbol: String, lot: Int = 1, tick: String = "5.0", expiry: String = ""
  ) -> String {
    #"""
    {"scripCode":\#(code),"tradingSymbol":"\#(symbol)","companyName":"\#(symbol) LIMITED",
    "instType":"EQ","lotSize":\#(lot),"tickSize":\#(tick),"expiry":"\#(expiry)","strike":0.0,
    "optionType":"","isinCode":"NA"}
    """#
  }

  private func bench() async throws -> Bench {
    let bench = try await Bench.open()
    bench.trade()
    try await bench.run("sync-positions")
    return bench
  }

  private let nc: [String: JSONValue] = ["exchanges": ["NC"]]

  @Test func `a list that says the same is fine, and repeating it is too`() async throws {
    let bench = try await bench()
    for _ in 1...2 {
      let ran = try await bench.run("load-contracts", item: nil, with: nc)
      #expect(ran.result.verdict == .ok && ran.result.kind == "contracts")
      #expect(
        ran.result.figures["NC"] == ["contracts": 2, "added": 0, "changed": 0, "vanished": 0])
      #expect(ran.log == ["contracts: 2 of NC, 0 new, 0 changed, 0 gone"])
    }
  }

  @Test func `a change of anything held is a warning, a change of others is not`() async throws {
    let bench = try await bench()
    bench.broker.answer(
      "master/NC", rows: [row(2885, "RELIANCE", lot: 2, tick: "10.0"), row(99, "OTHER")])
    let ran = try await bench.run("load-contracts", item: nil, with: nc)
    #expect(ran.result.verdict == .warn)
    #expect(
      ran.log == [
        "contracts: 2 of NC, 1 new, 1 changed, 1 gone",
        "held: INFY (NC:1594) is not in the list any more",
        "held: RELIANCE (NC:2885): lot was 1, is 2",
        "held: RELIANCE (NC:2885): tick was 0.05, is 0.1",
      ])
    #expect(
      ran.result.rows.last == [
        "instrument": "NC:2885", "symbol": "RELIANCE", "figure": "tick", "before": "0.05",
        "after": "0.1",
      ])
    bench.broker.answer(
      "master/NC", rows: [row(2885, "RELIANCE", lot: 2, tick: "10.0"), row(99, "OTHER", lot: 5)])
    #expect(
      try await bench.run("load-contracts", item: nil, with: nc).result.verdict == .warn,
      "what is held and gone stays worth a warning")
  }

  @Test func `a list that cannot be whole is refused, and the one before stands`() async throws {
    let bench = try await bench()
    let many = (1...9).map { row($0, "S\($0)") }
    bench.broker.answer(
      "master/NC", rows: [row(2885, "RELIANCE"), row(1594, "INFY")] + many)
    try await bench.run("load-contracts", item: nil, with: nc)
    bench.broker.answer("master/NC", rows: Array(many.prefix(5)))
    #expect(
      try await bench.failure("load-contracts", item: nil, with: nc)
        == "transient: the broker's answer cannot be the whole: the list of NC holds 5 contracts where "
        + "the one before held 11; "
        + "if it is whole, run: muhurat run load-contracts --set accept=NC")
    bench.broker.answer("master/NC", .data("\"no_records\""))
    #expect(
      try await bench.failure("load-contracts", item: nil, with: nc)
        == "transient: the broker's answer cannot be the whole: the list of NC is empty")
    #expect(
      try await bench.lines("select count(*)::text from desk.instrument where vanished_on is null")
        == ["11"])
    bench.broker.answer("master/NC", rows: Array(many.prefix(5)))
    let ran = try await bench.run(
      "load-contracts", item: nil, with: ["exchanges": "NC", "accept": "NC"])
    #expect(ran.result.figures["NC"] == ["contracts": 5, "added": 0, "changed": 0, "vanished": 6])
  }

  @Test func `one exchange that fails does not keep the others from being loaded`() async throws {
    let bench = try await bench()
    bench.broker.answer("master/BC", .fails(.refused(status: 502, message: "a web page")))
    bench.broker.answer("master/NF", rows: [row(7, "NIFTY"), row(7, "NIFTY")])
    bench.broker.answer("master/NC", rows: [row(2885, "RELIANCE", lot: 2), row(1594, "INFY")])
    #expect(
      try await bench.failure(
        "load-contracts", item: nil, with: ["exchanges": ["BC", "NC", "NF"]])
        == "transient: the broker refused (502): a web page; held: RELIANCE (NC:2885): lot was 1, is 2",
      "who tries again finds the list taken over, and would never hear of it")
    #expect(
      try await bench.lines("select exchange from desk.master_load order by 1") == ["NC", "NF"])
    let ran = try await bench.run("load-contracts", item: nil, with: ["exchanges": "NF"])
    #expect(ran.result.figures["notes"] == ["NF: 1 contract came twice; the last row counts"])
  }

  @Test func `needs no sign-in, but today and known exchanges`() async throws {
    let bench = try await bench()
    bench.broker.sign("asha", .notSignedIn(reason: "nobody has signed in"))
    #expect(try await bench.run("load-contracts", item: nil, with: nc).result.verdict == .ok)
    #expect(
      try await bench.run("load-contracts", item: nil, on: thursday, with: nc).result.verdict
        == .noData)
    #expect(
      try await bench.failure("load-contracts", item: nil, with: ["exchanges": ["NC", "NSE"]])
        == "plain: parameter 'exchanges' holds \"NSE\"; exchanges are: NC, BC, NF, BF, RN, MX")
  }
}
