package import TradingTime

/// An exchange's name for an instrument, written `NC:2885`. Exchanges use the broker's codes:
/// NC and BC are cash, NF and BF derivatives, RN currency, MX commodity.
package struct InstrumentKey: Hashable, Sendable, Comparable, Codable, LosslessStringConvertible {
  package let exchange: String
  package let scripCode: Int64

  package init(exchange: String, scripCode: Int64) {
    self.exchange = exchange
    self.scripCode = scripCode
  }

  package init?(_ description: String) {
    let parts = description.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, let code = Int64(parts[1]), code >= 0 else {
      return nil
    }
    self.init(exchange: String(parts[0]), scripCode: code)
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let key = InstrumentKey(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "expected exchange:scripcode, got \"\(text)\"")
    }
    self = key
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }

  package var description: String { "\(exchange):\(scripCode)" }

  package static func < (left: Self, right: Self) -> Bool {
    (left.exchange, left.scripCode) < (right.exchange, right.scripCode)
  }

  /// Whether the exchange trades shares for delivery; only these become holdings.
  package var isCash: Bool { Self.cashExchanges.contains(exchange) }

  package static let cashExchanges = ["NC", "BC"]

  /// Whether one unit at a price of 1 is worth one rupee. Commodities and currencies are quoted for so
  /// many grams, barrels or dollars, and how many is in no book of the broker: what they are worth,
  /// earn and cost stays unknown rather than wrong.
  package var isWorthItsPrice: Bool { isCash || ["NF", "BF"].contains(exchange) }
}

package enum InstrumentKind: String, Hashable, Sendable, Codable {
  case equity, future, option, index, other
}

package enum OptionRight: String, Hashable, Sendable, Codable {
  case call, put
}

/// One row of the broker's contract master. Lot, tick and expiry belong to the contract and to the
/// day: they are read from today's master and never computed.
package struct Instrument: Hashable, Sendable {
  package let key: InstrumentKey
  package let symbol: String
  package let name: String
  package let kind: InstrumentKind
  package let isin: String?
  package let lotSize: Quantity
  /// In rupees, whatever unit the list had.
  package var tickSize: Money?
  package let expiresOn: CivilDate?
  package let strike: Money?
  package let right: OptionRight?
  /// Most units that one order may have; nil where the master does not say.
  package let freezeQuantity: Quantity?

  package init(
    key: InstrumentKey, symbol: String, name: String = "", kind: InstrumentKind = .equity,
    isin: String? = nil, lotSize: Quantity = 1, tickSize: Money? = nil,
    expiresOn: CivilDate? = nil, strike: Money? = nil, right: OptionRight? = nil,
    freezeQuantity: Quantity? = nil
  ) {
    self.key = key
    self.symbol = symbol
    self.name = name
    self.kind = kind
    self.isin = isin
    self.lotSize = lotSize
    self.tickSize = tickSize
    self.expiresOn = expiresOn
    self.strike = strike
    self.right = right
    self.freezeQuantity = freezeQuantity
  }
}
