package import TradingTime

/// The desk's contract with its broker. The defaults are the broker's published prices; the desk's
/// own contract overrides them.
package struct BrokeragePlan: Hashable, Sendable {
  package var delivery: Rate
  package var intraday: Rate
  package var future: Rate
  package var optionPerLot: Money
  package var leastPerShare: Money

  package init(
    delivery: Rate, intraday: Rate, future: Rate, optionPerLot: Money, leastPerShare: Money
  ) {
    self.delivery = delivery
    self.intraday = intraday
    self.future = future
    self.optionPerLot = optionPerLot
    self.leastPerShare = leastPerShare
  }

  package static let published = BrokeragePlan(
    delivery: Rate(30, tenToMinus: 4), intraday: Rate(2, tenToMinus: 4),
    future: Rate(2, tenToMinus: 4), optionPerLot: Money(rupees: 20), leastPerShare: Money(paise: 1))

  package static let free = BrokeragePlan(
    delivery: Rate(0, tenToMinus: 0), intraday: Rate(0, tenToMinus: 0),
    future: Rate(0, tenToMinus: 0), optionPerLot: .zero, leastPerShare: .zero)

  func brokerage(
    _ segment: ChargeSegment, value: Money, units: Quantity, lotSize: Quantity
  ) -> Money {
    switch segment {
    case .delivery: max(value * delivery, leastPerShare * units)
    case .intraday: max(value * intraday, leastPerShare * units)
    case .future: value * future
    case .option: optionPerLot * ((units + max(lotSize, 1) - 1) / max(lotSize, 1))
    }
  }
}

extension Charges {
  /// One instrument's charges of one day. Shares bought and sold on the same exchange on the same
  /// day are intraday as far as they cover each other, whatever the product said.
  ///
  /// - Returns: nil where no rates are known: before the first of them, in other segments, and for a
  ///   contract of which no list says what it is.
  package static func ofDay(
    _ fills: some Sequence<Fill>, kind: InstrumentKind, lotSize: Quantity, exchange: String,
    on tradedOn: CivilDate, plan: BrokeragePlan
  ) -> Charges? {
    let pool = DayPool(fills)
    if pool.bought == 0, pool.sold == 0 { return Charges.none }
    let segment: ChargeSegment
    switch (kind, exchange) {
    case (.future, "NF"), (.future, "BF"): segment = .future
    case (.option, "NF"), (.option, "BF"): segment = .option
    case (.equity, "NC"), (.equity, "BC"): segment = .intraday
    default: return nil
    }
    guard segment == .intraday else {
      return part(
        pool.boughtValue, pool.soldValue, pool.bought, pool.sold, segment, lotSize, exchange,
        tradedOn, plan)
    }
    let covered = min(pool.bought, pool.sold)
    let boughtIntraday = share(of: pool.boughtValue, units: covered, outOf: pool.bought)
    let soldIntraday = share(of: pool.soldValue, units: covered, outOf: pool.sold)
    let intraday = part(
      boughtIntraday, soldIntraday, covered, covered, .intraday, lotSize, exchange, tradedOn, plan)
    let delivery = part(
      pool.boughtValue - boughtIntraday, pool.soldValue - soldIntraday, pool.bought - covered,
      pool.sold - covered, .delivery, lotSize, exchange, tradedOn, plan)
    guard let intraday, let delivery else { return nil }
    return intraday + delivery
  }

  private static func share(of value: Money, units: Quantity, outOf all: Quantity) -> Money {
    (value * units).divided(by: all, places: 12) ?? .zero
  }

  private static func part(
    _ bought: Money, _ sold: Money, _ unitsBought: Quantity, _ unitsSold: Quantity,
    _ segment: ChargeSegment, _ lotSize: Quantity, _ exchange: String, _ date: CivilDate,
    _ plan: BrokeragePlan
  ) -> Charges? {
    let brokerage =
      plan.brokerage(segment, value: bought, units: unitsBought, lotSize: lotSize)
      + plan.brokerage(segment, value: sold, units: unitsSold, lotSize: lotSize)
    return estimate(
      segment, on: date, exchange: exchange, bought: bought, sold: sold, brokerage: brokerage)
  }
}
