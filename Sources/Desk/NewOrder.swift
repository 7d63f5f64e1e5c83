/// An order that does not exist yet. Only this type becomes the broker's NEW; it has no order id,
/// and nothing that changes or cancels an order can be turned into one.
///
/// It always has a limit: exchanges refuse market orders that come from programs.
package struct NewOrder: Hashable, Sendable {
  package let account: Account
  package let key: InstrumentKey
  package let symbol: String
  package let transaction: TransactionType
  package let quantity: Quantity
  package let disclosed: Quantity
  package let limit: Money
  /// Makes it a stop order, which sleeps until the price gets here.
  package let trigger: Money?
  package let product: OrderProduct
  package let validity: OrderValidity
  package let isAfterMarket: Bool
  package let contract: ContractTerms?

  /// - Parameters:
  ///   - typeCode: the contract's `instType`; nil for shares.
  ///   - freezeQuantity: the most that one order of this contract may hold.
  package init(
    _ transaction: TransactionType, _ quantity: Quantity, of instrument: Instrument,
    typeCode: String? = nil, for account: Account, limit: Money, trigger: Money? = nil,
    disclosed: Quantity = 0, product: OrderProduct, validity: OrderValidity = .day,
    isAfterMarket: Bool = false, freezeQuantity: Quantity? = nil
  ) throws(OrderProblem) {
    let rules = ContractRules(instrument: instrument, freezeQuantity: freezeQuantity)
    var isKnown = true
    if case .other = validity { isKnown = false }
    try OrderProblem.check(
      [
        account.customerObjection,
        account.isEnabled ? nil : "account \(account.id) is disabled",
        instrument.symbol.isEmpty ? "\(instrument.key) has no symbol" : nil,
        isKnown ? nil : "the validity is not one that we send",
      ] + rules.objections(typeCode: typeCode)
        + rules.objections(
          quantity: quantity, disclosed: disclosed, limit: limit, trigger: trigger))
    self.account = account
    key = instrument.key
    symbol = instrument.symbol
    self.transaction = transaction
    self.quantity = quantity
    self.disclosed = disclosed
    self.limit = limit
    self.trigger = trigger
    self.product = product
    self.validity = validity
    self.isAfterMarket = isAfterMarket
    contract = rules.contract(typeCode: typeCode)
  }
}
