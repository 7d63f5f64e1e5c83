/// Example, no claim of profit: hold `quantity` while the fast average of completed closes is above
/// the slow one, otherwise be flat, or short where that is allowed.
package struct SMACross: Hashable, Sendable {
  package let fast: Int
  package let slow: Int
  package let quantity: Quantity
  package let mayShort: Bool

  init(_ given: StrategyParameters) throws(StrategyError) {
    var given = given
    fast = try given.whole("fast", default: 5, in: 1...500)
    slow = try given.whole("slow", default: 20, in: 2...1000)
    quantity = Quantity(try given.whole("quantity", default: 1, in: 1...1_000_000))
    mayShort = try given.yesOrNo("may_short", default: false)
    try given.refuseUnknown()
    guard fast < slow else {
      throw .badParameter("fast", value: String(fast), needs: "smaller than slow (\(slow))")
    }
  }

  func opinion(on price: Price, closes: [Money]) -> Result<Target, NoOpinion> {
    guard let quick = Indicators.sma(closes, length: fast).last,
      let steady = Indicators.sma(closes, length: slow).last
    else { return .failure(NoOpinion("too few closes")) }
    let isUp = quick > steady
    let wanted = isUp ? quantity : (mayShort ? -quantity : 0)
    let sign = isUp ? ">" : (quick < steady ? "<" : "=")
    return .success(
      Target(
        key: price.key, quantity: wanted, limit: price.last,
        why: "sma\(fast) \(quick.text()) \(sign) sma\(slow) \(steady.text())"))
  }
}
