import HTTPClient
import TradingTime

/// A sign-in file's contents: one JSON object.
extension AccessToken {
  var stored: [UInt8] {
    let object = JSON.object([
      JSON.Member(key: "customerId", value: .text(customerID)),
      JSON.Member(key: "loginId", value: .text(loginID)),
      JSON.Member(key: "expiresAt", value: .text(expiresAt.description)),
      JSON.Member(key: "token", value: .text(token.reveal())),
    ])
    return Array((object.spelled + "\n").utf8)
  }

  init?(stored bytes: [UInt8]) {
    guard let object = try? JSONReader.read(bytes),
      let token = object["token"]?.scalar, let customerID = object["customerId"]?.scalar,
      let expiresAt = object["expiresAt"]?.scalar.flatMap({ Instant(rfc3339: $0) })
    else { return nil }
    self.init(
      token: Secret(token), customerID: customerID, loginID: object["loginId"]?.scalar ?? "",
      expiresAt: expiresAt)
  }
}
