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
  let rmsCode: String?
  let isAfterHours: Bool
  let validity: String?
  let product: String?
  let orderType: String?
  let channelUser: String?

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
  }

  /// The fields that must be numbers if they are there at all.
  private struct Numbers {
    let scripCode, quantity, disclosed: Int?
    let price, trigger: Paise?

    init?(_ body: JSON) {
      func read<Value>(_ key: String, _ parse: (String) -> Value?) -> (value: Value?, fits: Bool) {
        guard let field = body[key], field != .null else { return (nil, true) }
        let value = field.scalarText.flatMap(parse)
        return (value, value != nil)
      }
      let integers = ["scripCode", "quantity", "disclosedQty"].map { read($0) { Int($0) } }
      let prices = ["price", "triggerPrice"].map { read($0) { Paise(text: $0) } }
      guard integers.allSatisfy(\.fits), prices.allSatisfy(\.fits) else { return nil }
      (scripCode, quantity, disclosed) = (integers[0].value, integers[1].value, integers[2].value)
      (price, trigger) = (prices[0].value, prices[1].value)
    }
  }
}
