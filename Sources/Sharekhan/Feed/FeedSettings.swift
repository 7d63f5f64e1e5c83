package import HTTPClient

/// Where the feed is and how patient we are with it.
package struct FeedSettings: Sendable {
  /// `wss://host/path`, or `ws` on this machine. The day's token is added to it and shown nowhere.
  package var url: String
  /// The way there; nil: none between.
  package var proxy: ProxyAddress?
  /// For the connection, and again for the handshake.
  package var connectTimeLimit: Duration
  /// Of one message; the first answer to a subscription lists all its instruments.
  package var largestMessage: Int
  /// A file of certificates to trust instead of the system's.
  package var trust: String?
  /// Whether to follow the order books too, and not only their best prices.
  package var followsDepth: Bool
  var limits = FeedSession.Limits()
  var backoff = FeedBackoff()
  /// Before a token is tried again that was refused.
  var refusedPause = Duration.seconds(30)
  /// The rhythm of looking at deadlines and wishes.
  var pace = Duration.milliseconds(500)

  package init(
    url: String = "wss://stream.sharekhan.com/skstream/api/stream", proxy: ProxyAddress? = nil,
    connectTimeLimit: Duration = .seconds(10), largestMessage: Int = 4 << 20, trust: String? = nil,
    followsDepth: Bool = false
  ) {
    self.url = url
    self.proxy = proxy
    self.connectTimeLimit = connectTimeLimit
    self.largestMessage = largestMessage
    self.trust = trust
    self.followsDepth = followsDepth
  }

  var modes: [FeedSession.Mode] { followsDepth ? FeedSession.Mode.allCases : [.quotes] }
}

/// A `ws` address taken apart; what it could not be used for is refused at the start.
struct FeedAddress: Sendable, Equatable {
  let isSecure: Bool
  let host: String
  let port: Int
  let path: String

  init(_ url: String) throws(SharekhanSettings.Problem) {
    // libcurl of this system does not know ws; http is read the same way.
    let isSecure = url.hasPrefix("wss://")
    let http = (isSecure ? "https://" : "http://") + url.drop { $0 != ":" }.dropFirst(3)
    guard isSecure || url.hasPrefix("ws://"), let host = webHost(of: http),
      isSecure || isLoopback(url: http), !url.contains("?"), !url.contains("#"),
      !url.contains("@")
    else {
      throw SharekhanSettings.Problem(
        description: "the feed's address must be wss://host/path, or ws on loopback, without a "
          + "query")
    }
    let rest = http.dropFirst(isSecure ? 8 : 7)
    self.isSecure = isSecure
    self.host = host.name
    port = host.port ?? (isSecure ? 443 : 80)
    path = rest.firstIndex(of: "/").map { String(rest[$0...]) } ?? "/"
  }

  var hostHeader: String { port == (isSecure ? 443 : 80) ? bracketedHost : hostAndPort }

  var hostAndPort: String { "\(bracketedHost):\(port)" }

  var bracketedHost: String { host.contains(":") ? "[\(host)]" : host }

  /// What the handshake asks for; it holds the token.
  func target(token: Secret, apiKey: Secret) -> Secret {
    Secret(
      "\(path)?ACCESS_TOKEN=\(Self.escaped(token.reveal()))&API_KEY=\(Self.escaped(apiKey.reveal()))"
    )
  }

  private static func escaped(_ text: String) -> String {
    text.utf8.map { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
        String(UnicodeScalar(byte))
      default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }.joined()
  }
}
