import Desk
import Glibc
import HTTPClient

/// What a request of an account carries, and what its answer therefore must not show.
struct Keys: Sendable {
  let headers: [(name: String, value: String)]
  let token: AccessToken?
  private let secrets: [Secret]

  /// - Parameter others: what else the answer must not show.
  init(_ credentials: Credentials, token: AccessToken?, besides others: [Secret] = []) {
    self.token = token
    // In the order of the broker's own client.
    var headers = [("api-key", credentials.apiKey.reveal())]
    if let token { headers.append(("access-token", token.token.reveal())) }
    headers.append(("Content-type", "application/json"))
    if let vendor = credentials.vendorKey { headers.append(("vendor-key", vendor.reveal())) }
    self.headers = headers
    secrets =
      [credentials.apiKey, credentials.secretKey, token?.token, credentials.vendorKey]
      .compactMap(\.self) + others
  }

  /// The answer as it may be kept: a secret of ours that it repeats is starred out, byte for byte,
  /// so that every other byte stays where it was.
  func masking(_ body: [UInt8]) -> [UInt8] {
    var body = body
    for secret in secrets {
      let needle = Array(secret.reveal().utf8)
      // A key of a few letters would star out half the book.
      guard needle.count >= 8 else { continue }
      star(needle, in: &body)
    }
    return body
  }

  private func star(_ needle: [UInt8], in body: inout [UInt8]) {
    var start = 0
    while let found = Self.find(needle, in: body, from: start) {
      body.replaceSubrange(
        found..<found + needle.count,
        with: repeatElement(UInt8(ascii: "*"), count: needle.count))
      start = found + needle.count
    }
  }

  private static func find(_ needle: [UInt8], in body: [UInt8], from start: Int) -> Int? {
    body.withUnsafeBytes { all in
      guard let base = all.baseAddress else { return nil }
      var place = start
      while place + needle.count <= all.count,
        let first = memchr(base + place, Int32(needle[0]), all.count - needle.count - place + 1)
      {
        if memcmp(first, needle, needle.count) == 0 { return UnsafeRawPointer(first) - base }
        place = UnsafeRawPointer(first) - base + 1
      }
      return nil
    }
  }
}

extension SharekhanClient {
  /// What an order or a sign-out carries.
  ///
  /// - Throws: `BrokerError.notSignedIn` without keys or token.
  func keys(of account: Account) throws -> Keys {
    try keys(of: account, token: token(of: account))
  }

  /// - Throws: `BrokerError.notSignedIn` without keys or, where one is needed, without a token.
  func keysForReading(_ account: Account, withToken: Bool) throws -> Keys {
    try keys(of: account, token: withToken ? token(of: account, isForReading: true) : nil)
  }

  private func keys(of account: Account, token: AccessToken?) throws -> Keys {
    do {
      return Keys(try credentials(account), token: token)
    } catch {
      throw BrokerError.notSignedIn(account: account.id, reason: "\(error)")
    }
  }
}
