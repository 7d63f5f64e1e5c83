/// Return and risk figures from a desk's daily equity. They are ratios and may be binary numbers;
/// the money they come from is not. Whatever cannot be said is nil and printed as "n/a": never
/// infinity, never 0.
package enum Performance {
  /// Flows are taken to come at the start of the day.
  package static func dailyReturn(
    equity: Money, previous: Money, flow: Money = .zero
  ) -> Double? {
    guard previous.isPositive else { return nil }
    return (equity - flow).approximate / previous.approximate - 1
  }

  package static func dailyReturns(_ equity: [Money]) -> [Double] {
    zip(equity.dropFirst(), equity).compactMap { dailyReturn(equity: $0, previous: $1) }
  }

  /// Annualised, over the sample's deviation. Fewer than `fewest` days say nothing about risk.
  package static func sharpe(
    _ returns: [Double], riskFreePerDay: Double = 0, sessionsPerYear: Int = 252, fewest: Int = 20
  ) -> Double? {
    guard returns.count >= max(fewest, 2), let deviation = deviation(returns), deviation > 0 else {
      return nil
    }
    return (mean(returns) - riskFreePerDay) / deviation * Double(sessionsPerYear).squareRoot()
  }

  /// Downside deviation over all days, losing or not.
  package static func sortino(
    _ returns: [Double], sessionsPerYear: Int = 252, fewest: Int = 20
  ) -> Double? {
    guard returns.count >= max(fewest, 1) else { return nil }
    let downside = mean(returns.map { min($0, 0) * min($0, 0) }).squareRoot()
    guard downside > 0 else { return nil }
    return mean(returns) / downside * Double(sessionsPerYear).squareRoot()
  }

  package static func annualVolatility(
    _ returns: [Double], sessionsPerYear: Int = 252
  ) -> Double? {
    deviation(returns).map { $0 * Double(sessionsPerYear).squareRoot() }
  }

  private static func mean(_ values: [Double]) -> Double {
    values.reduce(0, +) / Double(values.count)
  }

  private static func deviation(_ values: [Double]) -> Double? {
    guard values.count > 1 else { return nil }
    let centre = mean(values)
    let squares = values.reduce(0) { $0 + ($1 - centre) * ($1 - centre) }
    return (squares / Double(values.count - 1)).squareRoot()
  }
}
