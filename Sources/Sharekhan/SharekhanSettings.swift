import HTTPClient

/// Where the broker is and how hard we may ask it.
package struct SharekhanSettings: Sendable {
  /// Everything before `/services` and `/auth`.
  package var base: String
  package var readsPerSecond: Int
  /// For one request.
  package var requestTimeLimit: Duration
  package var connectTimeLimit: Duration
  /// For one read with its repetitions and its waiting.
  package var readTimeLimit: Duration
  /// The same for the contract master, which is megabytes long.
  package var masterTimeLimit: Duration
  package var readAttempts: Int
  /// Before the second attempt; doubled before each further one.
  package var firstPause: Duration

  package init(
    base: String = "https://api.sharekhan.com/skapi", readsPerSecond: Int = 5,
    requestTimeLimit: Duration = .seconds(8), connectTimeLimit: Duration = .seconds(4),
    readTimeLimit: Duration = .seconds(20), masterTimeLimit: Duration = .seconds(90),
    readAttempts: Int = 3, firstPause: Duration = .milliseconds(400)
  ) {
    self.base = base
    self.readsPerSecond = readsPerSecond
    self.requestTimeLimit = requestTimeLimit
    self.connectTimeLimit = connectTimeLimit
    self.readTimeLimit = readTimeLimit
    self.masterTimeLimit = masterTimeLimit
    self.readAttempts = readAttempts
    self.firstPause = firstPause
  }

  package struct Problem: Error, Equatable, CustomStringConvertible {
    package let description: String
  }

  /// Tokens travel in headers, so nothing but TLS will do, except on this machine.
  func check() throws(Problem) {
    let isSafe = base.hasPrefix("https://") || base.hasPrefix("http://") && isLoopback(url: base)
    guard isSafe, !base.hasSuffix("/"), !base.contains("?"), !base.contains("#") else {
      throw Problem(
        description: "the broker's address must be https://host/path, or http on loopback, "
          + "without a slash at the end")
    }
  }

  /// `/skapi` of the base.
  var basePath: String {
    guard let host = base.ranges(of: "://").first,
      let slash = base[host.upperBound...].firstIndex(of: "/")
    else { return "" }
    return String(base[slash...])
  }
}
