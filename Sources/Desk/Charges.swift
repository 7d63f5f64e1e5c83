package import TradingTime

/// What a trade costs, line by line, unrounded. Lines are rounded for print and the total once
/// from the unrounded parts, so printed lines may differ from the total by a paisa.
package struct Charges: Hashable, Sendable {
  package let turnover: Money
  package let brokerage: Money
  package let stt: Money
  package let exchange: Money
  package let sebi: Money
  package let stamp: Money
  package let gst: Money

  package static let none = Charges(
    turnover: .zero, brokerage: .zero, stt: .zero, exchange: .zero, sebi: .zero, stamp: .zero,
    gst: .zero)

  package var total: Money { brokerage + stt + exchange + sebi + stamp + gst }

  package static func + (left: Charges, right: Charges) -> Charges {
    Charges(
      turnover: left.turnover + right.turnover, brokerage: left.brokerage + right.brokerage,
      stt: left.stt + right.stt, exchange: left.exchange + right.exchange,
      sebi: left.sebi + right.sebi, stamp: left.stamp + right.stamp, gst: left.gst + right.gst)
  }

  /// Nil if no rates are known for the date.
  package static func estimate(
    _ segment: ChargeSegment, on tradedOn: CivilDate, exchange: String = "NC", bought: Money,
    sold: Money, brokerage: Money
  ) -> Charges? {
    guard let rates = ChargeRates.on(tradedOn, for: segment) else { return nil }
    let turnover = bought + sold
    let exchangeFee = turnover * ChargeRates.exchangeFee(segment, exchange: exchange)
    let sebi = turnover * ChargeRates.sebiFee
    return Charges(
      turnover: turnover, brokerage: brokerage,
      stt: bought * rates.sttOnBuys + sold * rates.sttOnSells, exchange: exchangeFee, sebi: sebi,
      stamp: bought * rates.stampOnBuys,
      gst: (brokerage + exchangeFee + sebi) * ChargeRates.gst)
  }
}
