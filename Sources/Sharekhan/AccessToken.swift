package import HTTPClient
package import TradingTime

/// The day's right to use an account.
package struct AccessToken: Sendable, Hashable {
  package var token: Secret
  package var customerID: String
  package var loginID: String
  package var expiresAt: Instant

  package init(token: Secret, customerID: String, loginID: String, expiresAt: Instant) {
    self.token = token
    self.customerID = customerID
    self.loginID = loginID
    self.expiresAt = expiresAt
  }
}

extension AccessToken {
  /// `exp` of the token's payload. The signature is the broker's affair; a wrong guess only means
  /// that we sign in too early or are refused.
  static func expiry(of token: Secret) -> Instant? {
    let parts = token.reveal().split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let payload = Base64.decode(String(parts[1])),
      let claims = try? JSONReader.read(payload),
      let seconds = claims["exp"]?.scalar.flatMap({ Int64($0) }),
      (0..<253_402_300_800).contains(seconds)
    else { return nil }
    return Instant(secondsSinceEpoch: seconds)
  }

  /// 23:59:59 in India: when the broker's tokens end, whatever the hour they were issued at.
  static func endOfDay(after instant: Instant) -> Instant {
    let seconds = instant.secondsSinceEpoch + 19_800
    return Instant(secondsSinceEpoch: seconds - seconds % 86_400 + 86_399 - 19_800)
  }
}
