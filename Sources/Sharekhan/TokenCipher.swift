import Crypto
package import HTTPClient

/// The broker's token cryptography: AES-256-GCM with a fixed nonce of sixteen zero bytes, and the
/// two halves of the plaintext swapped on the way back.
///
/// Key and nonce never change, so all tokens of an app share one key stream: every token is a
/// secret, used up or not.
package struct TokenCipher: Sendable {
  package enum Problem: Error, Equatable, CustomStringConvertible {
    case keyLength(Int)
    case notBase64
    case notOurs
    case malformed

    package var description: String {
      switch self {
      case .keyLength(let count): "the secret key has \(count) bytes, not 32; copy it again"
      case .notBase64: "the request token is no base64; copy the whole redirect address"
      case .notOurs: "the request token does not belong to this secret key, or was cut"
      case .malformed: "the request token holds no request id and customer id"
      }
    }
  }

  /// What a request token says.
  package struct Content: Sendable, Equatable {
    var requestID: String
    package var customerID: String
  }

  private let key: SymmetricKey
  private let nonce: AES.GCM.Nonce

  package init(secretKey: Secret) throws {
    let bytes = Array(secretKey.reveal().utf8)
    guard bytes.count == 32 else { throw Problem.keyLength(bytes.count) }
    key = SymmetricKey(data: bytes)
    nonce = try AES.GCM.Nonce(data: [UInt8](repeating: 0, count: 16))
  }

  package func open(_ token: RequestToken) throws -> Content {
    guard let bytes = Base64.decode(token.token.reveal()) else { throw Problem.notBase64 }
    guard bytes.count > 16,
      let box = try? AES.GCM.SealedBox(
        nonce: nonce, ciphertext: bytes.dropLast(16), tag: bytes.suffix(16)),
      let plain = try? AES.GCM.open(box, using: key)
    else { throw Problem.notOurs }
    let halves = Array(plain).split(separator: UInt8(ascii: "|"), omittingEmptySubsequences: false)
      .compactMap { String(validating: $0, as: UTF8.self) }
    guard halves.count == 2, !halves[0].isEmpty, !halves[1].isEmpty else { throw Problem.malformed }
    return Content(requestID: halves[0], customerID: halves[1])
  }

  /// What the token exchange expects.
  package func seal(_ content: Content, for flow: LoginFlow) throws -> Secret {
    let plain = Array("\(content.customerID)|\(content.requestID)".utf8)
    let box = try AES.GCM.seal(plain, using: key, nonce: nonce)
    // `combined` is nil for a nonce that is not twelve bytes long.
    let bytes = Array(box.ciphertext) + Array(box.tag)
    return Secret(flow.version == nil ? Base64.encode(bytes) : Base64.encodeForURL(bytes))
  }
}
