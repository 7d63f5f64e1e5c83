/// The flat object of `POST /orders`, with every scalar taken as text or number alike. Fields that
/// are absent stay absent; unknown ones are ignored.
struct OrderRequest: Sendable {
  enum Kind: String { case new = "NEW", modify = "MODIFY", cancel = "CANCEL" }

  let kind: Kind
  let customer: String
  let orderID: String?
  let scripCode: Int?
  let tradingSymbol: String?
  let exchange: String?
  let transactionType: String?
  let quantity: Int?
  let disclosed: Int?
  let price: Paise?
  let trigger: Paise?
  /// A price that is a number but no amount of paise: nobody can trade at it.
  let hasImpossiblePrice: Bool
  let rmsCode: String?
  let isAfterHours: Bool
  let validity: String?
  let product: String?
  let orderType: String?
  let channelUser: String?
  /// Of a contract. Its code says as much already, so they can only agree or not.
  let instrumentType, optionType, expiry: String?
  let strike: Paise?

  /// Nil where the broker's server would fail to bind the body to its model.
  init?(_ body: JSON) {
    guard case .object = body, let kind = body["requestType"]?.scalarText.flatMap(Kind.init),
      let customer = body["customerId"]?.scalarText, let numbers = Numbers(body)
    else { return nil }
    self.kind = kind
    self.customer = customer
    func word(_ key: String) -> String? { body[key]?.scalarText }
    (scripCode, quantity, disclosed) = (numbers.scripCode, numbers.quantity, numbers.disclosed)
    (price, trigger) = (numbers.price, numbers.trigger)
    hasImpossiblePrice = numbers.hasImpossiblePrice
    orderID = word("orderId")
    tradingSymbol = word("tradingSymbol")
    exchange = word("exchange")
    transactionType = word("transactionType")
    rmsCode = word("rmsCode")
    isAfterHours = word("afterHour") == "Y"
    validity = word("validity")
    product = word("productType")
    orderType = word("orderType")
    channelUser = word("channelUser")
    (instrumentType, optionType) = (word("instrumentType"), word("optionType"))
    expiry = word("expiry")
    strike = word("strikePrice").flatMap(Paise.init(text:))
  }

  /// The fields that must be numbers if they are there at all.
  private struct Numbers {
    let scripCode, quantity, disclosed: Int?
    let price, trigger: Paise?
    let hasImpossiblePrice: Bool

    init?(_ body: JSON) {
      func text(_ key: String) -> String? {
        body[key].flatMap { $0 == .null ? nil : $0.scalarText ?? "" }
      }
      let integers = ["scripCode", "quantity", "disclosedQty"].map(text)
      let prices = ["price", "triggerPrice"].map(text)
      // Numbers beyond 32 bits do not bind either.
      guard integers.allSatisfy({ $0 == nil || $0.flatMap { Int32($0) } != nil }),
        prices.allSatisfy({ $0 == nil || $0.flatMap { Double($0) } != nil })
      else { return nil }
      let read = integers.map { $0.flatMap { Int($0) } }
      (scripCode, quantity, disclosed) = (read[0], read[1], read[2])
      let amounts = prices.map { $0.flatMap(Paise.init(text:)) }
      (price, trigger) = (amounts[0], amounts[1])
      hasImpossiblePrice = zip(prices, amounts).contains { $0 != nil && $1 == nil }
    }
  }
}
