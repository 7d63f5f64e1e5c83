import Crypto
import FoundationEssentials

/// Where the server listens, who may ask, and how much of it.
package struct StatusConfiguration: Sendable {
  package var host: String
  /// 0: any free one, told through `onListening`.
  package var port: Int
  /// Who may read where reading is not free.
  package var readTokens: [AccessToken] = []
  /// Who may change state, and read; the name goes on record.
  package var operatorTokens: [AccessToken] = []
  /// Names by which browsers reach this server besides the loopback's own, such as a proxy's.
  package var hosts: [String] = []
  package var maxStreams = 32
  package var maxConnections = 256
  /// A connection on which nothing moved for longer is closed.
  package var idleLimit = Duration.seconds(30)

  package init(host: String = "127.0.0.1", port: Int = 8420) {
    self.host = host
    self.port = port
  }

  package static let maxBodyBytes = 64 * 1024
  package static let maxHeaderBytes = 16 * 1024

  var isLoopback: Bool {
    host == "localhost" || host == "::1" || host.hasPrefix("127.")
  }
}

/// A secret that opens the server, kept only as its digest, and the name it goes on record under.
package struct AccessToken: Sendable, CustomStringConvertible, CustomReflectable {
  package let name: String
  private let digest: SHA256Digest

  package init(name: String, secret: String) {
    self.name = name
    digest = SHA256.hash(data: Data(secret.utf8))
  }

  package var description: String { name }
  /// Or `dump` and logs of whatever holds it would show the digest.
  package var customMirror: Mirror { Mirror(self, children: ["name": name]) }

  /// In constant time: digests compare without an early exit, and their length tells nothing.
  func opens(with secret: String) -> Bool {
    SHA256.hash(data: Data(secret.utf8)) == digest
  }
}

extension [AccessToken] {
  /// Every token is tried, so that the time taken does not tell which one was near.
  func holder(of secret: String) -> String? {
    reduce(nil) { found, token in token.opens(with: secret) ? token.name : found }
  }
}

/// Why the server cannot start; the configuration is at fault.
package enum StatusServerError: Error, Hashable, Sendable, CustomStringConvertible {
  case addressTaken(host: String, port: Int)
  case addressUnusable(host: String, port: Int, reason: String)
  case needsReadToken(host: String)

  package var description: String {
    switch self {
    case .addressTaken(let host, let port):
      "\(host):\(port) is taken by another program; "
        + "choose another with --listen ADDRESS:PORT, or --listen off"
    case .addressUnusable(let host, let port, let reason):
      "cannot listen on \(host):\(port): \(reason); choose another with --listen ADDRESS:PORT"
    case .needsReadToken(let host):
      "listening on \(host), which is not the loopback, needs a read token or an operator's token"
    }
  }
}
