/// Wins and losses of closed trades or of days: the caller says which by what it passes in.
package struct TradeStatistics: Hashable, Sendable {
  package let wins: Int
  package let losses: Int
  package let scratches: Int
  package let grossProfit: Money
  /// As a positive amount.
  package let grossLoss: Money

  /// A result smaller than `scratch` is neither won nor lost.
  package init(_ results: [Money], scratch: Money = Money(rupees: 1)) {
    let decided = results.filter { $0.magnitude >= scratch }
    let won = decided.filter(\.isPositive)
    let lost = decided.filter(\.isNegative)
    wins = won.count
    losses = lost.count
    scratches = results.count - decided.count
    grossProfit = won.total()
    grossLoss = -lost.total()
  }

  /// Nil if nothing was lost: that is "no losses", not a number.
  package var profitFactor: Double? {
    grossLoss.isPositive ? grossProfit.approximate / grossLoss.approximate : nil
  }

  package var winRate: Double? {
    wins + losses == 0 ? nil : Double(wins) / Double(wins + losses)
  }

  package var averageWin: Money? { grossProfit.divided(by: Quantity(wins), places: 2) }
  package var averageLoss: Money? { (-grossLoss).divided(by: Quantity(losses), places: 2) }
}
