/// Request ids handed out by the login page and not yet exchanged. Each is good for one exchange.
struct RequestTokens: Sendable {
  private let cipher: RequestTokenCipher
  private let seed: Seed
  private var issued = 0
  private var outstanding: [String: String] = [:]

  init(cipher: RequestTokenCipher, seed: Seed) {
    self.cipher = cipher
    self.seed = seed.branch(.requestID)
  }

  /// A token for the redirect. Its plaintext is `requestId|customerId`.
  mutating func issue(for customer: String, _ alphabet: RequestTokenCipher.Alphabet) -> String? {
    let id = hex(seed.bits(2 * issued)) + hex(seed.bits(2 * issued + 1))
    guard let token = try? cipher.seal("\(id)|\(customer)", alphabet) else { return nil }
    issued += 1
    outstanding[id] = customer
    return token
  }

  /// The customer, if the app swapped the halves and sealed them again, for the first time.
  mutating func redeem(_ token: String) -> String? {
    guard let plain = cipher.open(token) else { return nil }
    let halves = plain.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
    guard halves.count == 2, let customer = outstanding[halves[1]], customer == halves[0] else {
      return nil
    }
    outstanding[halves[1]] = nil
    return customer
  }

  private func hex(_ word: UInt64) -> String {
    let digits = String(word, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
