import TradingTime

/// One figure of a contract that today's master tells otherwise than yesterday's. An order sized by
/// the old one is refused, or is not the order that was meant.
package struct ContractChange: Hashable, Sendable, CustomStringConvertible {
  package let key: InstrumentKey
  package let symbol: String
  /// `symbol`, `isin`, `lot`, `tick`, `freeze`, `expiry`, or `listed`.
  package let figure: String
  package let before: String?
  package let after: String?

  package var description: String {
    if figure == "listed" {
      return after == nil
        ? "\(symbol) (\(key)) is not in the list any more" : "\(symbol) (\(key)) is listed again"
    }
    return "\(symbol) (\(key)): \(figure) was \(before ?? "not told"), is \(after ?? "not told")"
  }
}

extension Instrument {
  /// What a newer master changes in this contract; nil: the master does not hold it.
  package func changes(to newer: Instrument?) -> [ContractChange] {
    func change(_ figure: String, _ before: String?, _ after: String?) -> ContractChange? {
      before == after
        ? nil
        : ContractChange(
          key: key, symbol: symbol, figure: figure, before: before, after: after)
    }
    guard let newer else { return [change("listed", "yes", nil)].compactMap { $0 } }
    return [
      change("symbol", symbol, newer.symbol), change("isin", isin, newer.isin),
      change("lot", "\(lotSize)", "\(newer.lotSize)"),
      change("tick", tickSize?.description, newer.tickSize?.description),
      change("freeze", freezeQuantity?.description, newer.freezeQuantity?.description),
      change("expiry", expiresOn?.description, newer.expiresOn?.description),
      change("strike", strike?.description, newer.strike?.description),
    ].compactMap { $0 }
  }
}
