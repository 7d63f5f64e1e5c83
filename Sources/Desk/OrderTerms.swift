package import TradingTime

/// The broker's ways to buy and sell, by its own words.
package enum TransactionType: String, Hashable, Sendable, CaseIterable {
  case buy = "B"
  case sell = "S"
  case buyOnMargin = "BM"
  case sellOnMargin = "SM"
  case sellAgainstMargin = "SAM"

  package var side: Side { self == .buy || self == .buyOnMargin ? .buy : .sell }
}

/// What a position made by an order becomes at the day's end. The third product of the broker is
/// left out: it needs bracket legs, whose wire nobody has seen.
package enum OrderProduct: String, Hashable, Sendable, CaseIterable {
  /// Delivery of shares; derivatives that are carried.
  case investment = "INVESTMENT"
  /// Closed by the broker before the market does.
  case intraday = "BIGTRADE"
}

/// How long an order waits for its price.
package enum OrderValidity: Hashable, Sendable {
  case day
  case immediate
  case until(CivilDate)
  /// A word of the book that we do not know; repeated as it is, never chosen.
  case other(String)
}

/// What tells one contract of an underlying from another. It must match the contract's number.
package struct ContractTerms: Hashable, Sendable {
  /// The master's `instType`: `FI`, `FS`, `OI`, `OS`, `FUTCUR`, `OPTCUR`.
  package let typeCode: String
  package let expiresOn: CivilDate
  /// Nil for futures.
  package let option: Option?

  package struct Option: Hashable, Sendable {
    package let strike: Money
    package let right: OptionRight

    package init(strike: Money, right: OptionRight) {
      self.strike = strike
      self.right = right
    }
  }

  package init(typeCode: String, expiresOn: CivilDate, option: Option? = nil) {
    self.typeCode = typeCode
    self.expiresOn = expiresOn
    self.option = option
  }
}

/// An order that stands in the broker's book, with everything that changing or cancelling it has to
/// repeat. It is read from the book's bytes only: our own tables do not keep enough to make one.
package struct OrderOnBook: Hashable, Sendable {
  package let row: BrokerOrder
  /// `B`, `SAM`, …: the book's own word, which may be one that we never send.
  package let transaction: String
  /// Which risk server took it; empty where the book does not say.
  package let rmsCode: String
  package let disclosed: Quantity
  package let validity: OrderValidity
  package let isAfterMarket: Bool
  package let contract: ContractTerms?

  package init(
    row: BrokerOrder, transaction: String, rmsCode: String, disclosed: Quantity = 0,
    validity: OrderValidity = .day, isAfterMarket: Bool = false, contract: ContractTerms? = nil
  ) {
    self.row = row
    self.transaction = transaction
    self.rmsCode = rmsCode
    self.disclosed = disclosed
    self.validity = validity
    self.isAfterMarket = isAfterMarket
    self.contract = contract
  }
}
