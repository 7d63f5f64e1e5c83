import Testing
import TradingTime

@testable import Desk

@Suite(.timeLimit(.minutes(10))) struct `Indicators over closes` {
  static let closes = [
    "44.34", "44.09", "44.15", "43.61", "44.33", "44.83", "45.1", "45.42", "45.84", "46.08",
    "45.89", "46.03", "45.61", "46.28", "46.28", "46.0", "46.03", "46.41", "46.22", "45.64",
  ].map(rupees)
  static let bars = [
    ("100", "101", "99", "100.5", 1000), ("100.5", "102", "100", "101.5", 2000),
    ("101.5", "103", "101", "102.5", 1500), ("102.5", "104.5", "102", "104", 3000),
  ].enumerated().map { index, bar in
    Candle(
      tradedOn: day("2026-11-20"), endedAt: at(Int64(index) * 60), open: rupees(bar.0),
      high: rupees(bar.1), low: rupees(bar.2), close: rupees(bar.3), volume: Quantity(bar.4))
  }

  @Test func `relative strength is Wilder's`() {
    let values = Indicators.rsi(Self.closes).map { ($0 * 10_000).rounded() / 10_000 }
    #expect(values == [70.4641, 66.2496, 66.4809, 69.3469, 66.2947, 57.9150])
  }

  @Test func `the exponential average is seeded with the plain one`() {
    let values = Indicators.ema(Self.closes, length: 5).suffix(3).map { $0.text(places: 6) }
    #expect(values == ["46.151121", "46.174080", "45.996054"])
  }

  @Test func `the plain average slides`() {
    #expect(
      Indicators.sma(["1", "2", "3", "5"].map(rupees), length: 2)
        == ["1.5", "2.5", "4"].map(rupees))
    #expect(Indicators.sma([rupees("1")], length: 2) == [])
  }

  @Test func `volume weighs the session's prices`() {
    #expect(
      Indicators.vwap(Self.bars).map { $0?.text(places: 6) }
        == ["100.166667", "100.833333", "101.277778", "102.166667"])
  }

  @Test func `a close beyond the opening range breaks out`() {
    let range = OpeningRange(Self.bars.prefix(3))
    #expect(range == OpeningRange(Self.bars.prefix(3)) && range?.high == rupees("103"))
    #expect(range?.low == rupees("99"))
    #expect(range?.breakout(Self.bars[3].close) == .buy)
    #expect(range?.breakout(rupees("103")) == nil)
  }
}

@Suite(.timeLimit(.minutes(10))) struct `Built-in strategies` {
  private func tick(
    _ closes: [String], price: String? = "100", age: Int64 = 0, held: Quantity = 0
  ) -> StrategyTick {
    let latest = price.flatMap {
      Price(key: reliance, last: rupees($0), at: at(1000 - age), source: "test")
    }
    return StrategyTick(
      at: at(1000), universe: [reliance], positions: [reliance: held],
      prices: latest.map { [reliance: $0] } ?? [:], closes: [reliance: closes.map(rupees)])
  }

  private func sma(_ parameters: [String: String] = [:]) throws -> BuiltInStrategy {
    try BuiltInStrategy(
      named: "sma-cross",
      parameters: ["fast": "2", "slow": "3", "quantity": "10"].merging(parameters) { $1 })
  }

  @Test func `the cross wants a position while the fast average is above`() throws {
    let answer = try sma().answer(to: tick(["1", "2", "3"]))
    #expect(
      answer.targets == [
        Target(
          key: reliance, quantity: 10, limit: rupees("100"), why: "sma2 2.50 > sma3 2.00")
      ])
  }

  @Test func `the cross is flat below, and short only where that is allowed`() throws {
    #expect(try sma().answer(to: tick(["3", "2", "1"])).targets.map(\.quantity) == [0])
    #expect(
      try sma(["may_short": "true"]).answer(to: tick(["3", "2", "1"])).targets.map(\.quantity)
        == [-10])
  }

  @Test func `nothing is proposed on a stale price, no price, or too few closes`() throws {
    let strategy = try sma()
    #expect(
      strategy.answer(to: tick(["1", "2", "3"], age: 46)).withheld == [
        reliance: "price is 46 s old"
      ])
    #expect(
      strategy.answer(to: tick(["1", "2", "3"], price: nil)).withheld == [reliance: "no price"])
    #expect(strategy.answer(to: tick(["1", "2"])).withheld == [reliance: "2 of 3 closes"])
  }

  @Test func `buying weakness needs a rising trend`() throws {
    let strategy = try BuiltInStrategy(
      named: "rsi-revert",
      parameters: ["length": "2", "trend": "15", "enter_below": "30", "quantity": "4"])
    let rising = (1...13).map { String($0 * 10) }
    let dip = strategy.answer(to: tick(rising + ["110", "100"]))
    #expect(dip.targets.map(\.quantity) == [4])
    let crash = strategy.answer(to: tick(rising.reversed() + ["5", "4"]))
    #expect(crash.targets.map(\.quantity) == [0])
    let strong = strategy.answer(to: tick(rising + ["140", "150"], held: 4))
    #expect(strong.targets.map(\.quantity) == [0])
  }

  @Test func `mistakes in parameters are named`() {
    func complaint(_ name: String, _ parameters: [String: String]) -> String {
      do {
        _ = try BuiltInStrategy(named: name, parameters: parameters)
        return "none"
      } catch {
        return error.description
      }
    }
    #expect(
      complaint("sma-cros", [:])
        == "no strategy named 'sma-cros'; strategies are: rsi-revert, sma-cross")
    #expect(
      complaint("sma-cross", ["fats": "5"])
        == "sma-cross has no parameter 'fats'; it has: fast, may_short, quantity, slow")
    #expect(
      complaint("sma-cross", ["fast": "20", "slow": "5"])
        == "parameter 'fast' is \"20\": it must be smaller than slow (5)")
    #expect(
      complaint("sma-cross", ["quantity": "0"])
        == "parameter 'quantity' is \"0\": it must be a whole number from 1 to 1000000")
  }
}
