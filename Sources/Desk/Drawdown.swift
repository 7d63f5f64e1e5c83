/// The deepest fall from a peak. The first value counts as a peak: without it a loss on the first
/// day would be no drawdown.
package struct Drawdown: Hashable, Sendable {
  package let peakIndex: Int
  package let troughIndex: Int
  package let amount: Money
  /// Share of the peak; nil if the peak was not above zero.
  package let fraction: Double?

  /// The largest by share of the peak, as the measure is defined; nil if equity never fell.
  package static func deepest(in equity: [Money]) -> Drawdown? {
    var peak = 0
    var worst: Drawdown?
    for index in equity.indices {
      if equity[index] > equity[peak] { peak = index }
      let fall = equity[peak] - equity[index]
      guard fall.isPositive else { continue }
      let fraction =
        equity[peak].isPositive ? fall.approximate / equity[peak].approximate : nil
      let candidate = Drawdown(
        peakIndex: peak, troughIndex: index, amount: fall, fraction: fraction)
      guard let known = worst else {
        worst = candidate
        continue
      }
      if (candidate.fraction ?? .infinity) > (known.fraction ?? .infinity) { worst = candidate }
    }
    return worst
  }
}
