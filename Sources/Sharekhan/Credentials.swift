package import HTTPClient

/// What identifies the desk's app at the broker, given by the caller for each account.
package struct Credentials: Sendable {
  package var apiKey: Secret
  package var secretKey: Secret
  package var vendorKey: Secret?
  package var flow: LoginFlow

  package init(
    apiKey: Secret, secretKey: Secret, vendorKey: Secret? = nil, flow: LoginFlow = .version(1005)
  ) {
    self.apiKey = apiKey
    self.secretKey = secretKey
    self.vendorKey = vendorKey
    self.flow = flow
  }
}

/// The broker's two ways to write the same tokens.
package enum LoginFlow: Sendable, Hashable {
  case plain
  case version(Int)

  /// `1005`, `1006`, or `none`.
  package init?(_ word: String) {
    switch word {
    case "none", "": self = .plain
    case "1005", "1006": self = .version(word == "1005" ? 1005 : 1006)
    default: return nil
    }
  }

  var version: Int? {
    if case .version(let number) = self { number } else { nil }
  }
}
