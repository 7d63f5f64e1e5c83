import Crypto
import FoundationEssentials

/// The broker's request tokens: AES-256-GCM under the app's secret key with one fixed nonce of
/// sixteen zero bytes, the tag at the end, in base64. Key and nonce never change, so a token is a
/// secret in itself.
struct RequestTokenCipher: Sendable {
  private let key: SymmetricKey

  /// Nil unless the secret's UTF-8 bytes are exactly 32.
  init?(secret: String) {
    guard secret.utf8.count == 32 else { return nil }
    key = SymmetricKey(data: Array(secret.utf8))
  }

  enum Alphabet: Sendable { case standard, urlSafe }

  /// What the login page hands to the app, padded in either alphabet.
  func seal(_ plaintext: String, _ alphabet: Alphabet) throws -> String {
    let box = try AES.GCM.seal(Array(plaintext.utf8), using: key, nonce: RequestTokenCipher.nonce())
    let token = Data(box.ciphertext + box.tag).base64EncodedString()
    guard alphabet == .urlSafe else { return token }
    return String(token.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 })
  }

  /// Takes any flavour in use: percent-encoded, plus turned into space, either alphabet, with or
  /// without padding. Nil unless the tag is right.
  func open(_ token: String) -> String? {
    var base64 = Percent.decode(token).replacing(" ", with: "+").replacing("-", with: "+")
      .replacing("_", with: "/")
    while base64.last == "=" { base64.removeLast() }
    base64 += String(repeating: "=", count: (4 - base64.count % 4) % 4)
    guard let sealed = Data(base64Encoded: base64), sealed.count >= 16,
      let box = try? AES.GCM.SealedBox(
        nonce: RequestTokenCipher.nonce(), ciphertext: sealed.dropLast(16), tag: sealed.suffix(16)),
      let plain = try? AES.GCM.open(box, using: key)
    else { return nil }
    return String(decoding: plain, as: UTF8.self)
  }

  private static func nonce() throws -> AES.GCM.Nonce {
    try AES.GCM.Nonce(data: [UInt8](repeating: 0, count: 16))
  }
}
