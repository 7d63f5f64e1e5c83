import Crypto
import FoundationEssentials
import TradingTime

/// The day's access tokens: JWTs of type `sec`, good until 23:59:59 in India of the day of issue.
/// What is valid follows from the token and the seed, so a restarted simulator still knows the
/// tokens it gave out; only logouts and expiry by force are remembered.
struct AccessTokens: Sendable {
  private let signing: SymmetricKey
  private let sealing: SymmetricKey
  private var issued = 0
  /// Tokens with a serial number up to here were expired by a fault rule.
  private var expiredThrough = 0
  private var loggedOut: Set<Int> = []

  struct Grant: Sendable, Equatable {
    let customer: String
    let serial: Int
    /// In seconds since 1970.
    let expiry: Int64
  }

  init(seed: Seed) {
    func key(_ index: Int) -> SymmetricKey {
      let words = (0..<4).map { seed.branch(.tokenKey, index).bits($0) }
      return SymmetricKey(
        data: words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } })
    }
    signing = key(0)
    sealing = key(1)
  }

  mutating func issue(for customer: String, at now: Instant) throws -> String {
    issued += 1
    let endOfDay = MarketTime(day: MarketTime(now).day, second: 86_399).instant
    let payload: JSON = [
      "jti": .string(try identity(customer, serial: issued)),
      "iat": .int(now.secondsSinceEpoch), "exp": .int(endOfDay.secondsSinceEpoch),
    ]
    let signed = AccessTokens.header + "." + encode(Array(payload.text.utf8))
    return signed + "."
      + encode(Array(HMAC<SHA256>.authenticationCode(for: Array(signed.utf8), using: signing)))
  }

  func verify(_ token: String, at now: Instant) -> Grant? {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3, let signature = decode(parts[2]), let payload = decode(parts[1]),
      HMAC<SHA256>.isValidAuthenticationCode(
        signature, authenticating: Array("\(parts[0]).\(parts[1])".utf8), using: signing),
      let claims = JSON(reading: payload),
      let expiry = claims["exp"]?.scalarText.flatMap({ Int64($0) }),
      let grant = claims["jti"]?.scalarText.flatMap({ grant($0, expiry) }), isGood(grant, at: now)
    else { return nil }
    return grant
  }

  /// Whether a token once accepted still holds.
  func isGood(_ grant: Grant, at now: Instant) -> Bool {
    now.secondsSinceEpoch < grant.expiry && grant.serial > expiredThrough
      && !loggedOut.contains(grant.serial)
  }

  mutating func expireAll() {
    expiredThrough = issued
  }

  mutating func logOut(_ grant: Grant) {
    loggedOut.insert(grant.serial)
  }

  private static let header = "eyJ0eXAiOiJzZWMiLCJhbGciOiJIUzI1NiJ9"

  /// The customer id must not be readable in the token, so it is sealed. Padded with blanks to the
  /// length that real tokens have.
  private func identity(_ customer: String, serial: Int) throws -> String {
    let words = "\(customer) \(serial)"
    let padded = words + String(repeating: " ", count: max(0, 112 - words.count))
    var nonce = [UInt8](repeating: 0, count: 12)
    for index in 0..<8 { nonce[index] = UInt8(truncatingIfNeeded: serial >> (8 * index)) }
    let box = try AES.GCM.seal(
      Array(padded.utf8), using: sealing, nonce: try AES.GCM.Nonce(data: nonce))
    return (Data(nonce) + box.ciphertext + box.tag).base64EncodedString()
  }

  private func grant(_ identity: String, _ expiry: Int64) -> Grant? {
    guard let bytes = Data(base64Encoded: identity), bytes.count > 28,
      let box = try? AES.GCM.SealedBox(combined: bytes),
      let plain = try? AES.GCM.open(box, using: sealing)
    else { return nil }
    let words = String(decoding: plain, as: UTF8.self).split(separator: " ").map(String.init)
    guard words.count == 2, let serial = Int(words[1]) else { return nil }
    return Grant(customer: words[0], serial: serial, expiry: expiry)
  }

  private func encode(_ bytes: [UInt8]) -> String {
    Data(bytes).base64EncodedString().filter { $0 != "=" }.replacing("+", with: "-")
      .replacing("/", with: "_")
  }

  private func decode(_ text: String) -> Data? {
    let standard = text.replacing("-", with: "+").replacing("_", with: "/")
    return Data(base64Encoded: standard + String(repeating: "=", count: (4 - text.count % 4) % 4))
  }
}
