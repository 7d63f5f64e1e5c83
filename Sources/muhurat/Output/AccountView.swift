import Desk
import TradingTime

/// An account with how it stands at the broker.
struct AccountView: Encodable {
  let account: Account
  let signIn: SignInState

  var signedInUntil: Instant? {
    if case .signedIn(let until) = signIn { until } else { nil }
  }

  /// Why it is not signed in.
  var reason: String? {
    if case .notSignedIn(let reason) = signIn { reason } else { nil }
  }

  /// Until when, or why not.
  func words(_ zone: ZoneRules) -> String {
    signedInUntil.map { "signed in until \($0.words(in: zone))" }
      ?? "not signed in: \(reason ?? "")"
  }

  enum CodingKeys: String, CodingKey {
    case id, name, mode, enabled, reason
    case customerID = "customer_id"
    case signedIn = "signed_in"
    case signedInUntil = "signed_in_until"
  }

  func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: CodingKeys.self)
    try keys.encode(account.id, forKey: .id)
    try keys.encode(account.customerID, forKey: .customerID)
    try keys.encode(account.name, forKey: .name)
    try keys.encode(account.mode, forKey: .mode)
    try keys.encode(account.isEnabled, forKey: .enabled)
    try keys.encode(signIn.isSignedIn, forKey: .signedIn)
    try keys.encodeIfPresent(signedInUntil, forKey: .signedInUntil)
    try keys.encodeIfPresent(reason, forKey: .reason)
  }
}
