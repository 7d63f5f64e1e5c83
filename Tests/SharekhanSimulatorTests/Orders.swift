/// Bodies of `POST /orders` as the official Python client writes them.
enum Orders {
  static func buyONGC(
    price: String, quantity: Int = 10, side: String = "B", product: String = "INVESTMENT",
    validity: String = "GFD", trigger: String = "0", afterHour: String = "N", scrip: Int = 2475,
    request: String = "NEW", id: String? = nil, rms: String = "ANY"
  ) -> String {
    let orderID = id.map { #", "orderId": "\#($0)""# } ?? ""
    return #"{"customerId": 1000001, "scripCode": \#(scrip), "tradingSymbol": "ONGC", "#
      + #""exchange": "NC", "transactionType": "\#(side)", "quantity": \#(quantity), "#
      + #""disclosedQty": 0, "price": "\#(price)", "triggerPrice": "\#(trigger)", "#
      + #""rmsCode": "\#(rms)", "afterHour": "\#(afterHour)", "orderType": "NORMAL", "#
      + #""channelUser": "SIM1000001", "validity": "\#(validity)", "#
      + #""requestType": "\#(request)", "productType": "\#(product)"\#(orderID)}"#
  }
}
