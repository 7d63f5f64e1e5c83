/// Example, no claim of profit: buy weakness inside a rising trend, leave on strength. Without the
/// trend filter it would buy every crash.
package struct RSIRevert: Hashable, Sendable {
  package let length: Int
  package let trend: Int
  package let enterBelow: Int
  package let leaveAbove: Int
  package let quantity: Quantity

  init(_ given: StrategyParameters) throws(StrategyError) {
    var given = given
    length = try given.whole("length", default: 14, in: 2...200)
    trend = try given.whole("trend", default: 200, in: 15...1000)
    enterBelow = try given.whole("enter_below", default: 30, in: 1...99)
    leaveAbove = try given.whole("leave_above", default: 55, in: 1...99)
    quantity = Quantity(try given.whole("quantity", default: 1, in: 1...1_000_000))
    try given.refuseUnknown()
    guard enterBelow < leaveAbove else {
      throw .badParameter(
        "enter_below", value: String(enterBelow), needs: "below leave_above (\(leaveAbove))")
    }
    guard length < trend else {
      throw .badParameter("length", value: String(length), needs: "shorter than trend (\(trend))")
    }
  }

  func opinion(on price: Price, closes: [Money], held: Quantity) -> Result<Target, NoOpinion> {
    guard let strength = Indicators.rsi(closes, length: length).last,
      let average = Indicators.sma(closes, length: trend).last, let close = closes.last
    else { return .failure(NoOpinion("too few closes")) }
    let figure = "rsi\(length) \(Int(strength.rounded()))"
    if held > 0 {
      return strength > Double(leaveAbove)
        ? .success(target(price, 0, "\(figure) > \(leaveAbove)"))
        : .success(target(price, held, "\(figure) not above \(leaveAbove)"))
    }
    guard strength < Double(enterBelow) else {
      return .success(target(price, 0, "\(figure) not below \(enterBelow)"))
    }
    guard close > average else {
      return .success(target(price, 0, "\(figure), but close is not above sma\(trend)"))
    }
    return .success(target(price, quantity, "\(figure) < \(enterBelow), close > sma\(trend)"))
  }

  private func target(_ price: Price, _ quantity: Quantity, _ why: String) -> Target {
    Target(key: price.key, quantity: quantity, limit: price.last, why: why)
  }
}
