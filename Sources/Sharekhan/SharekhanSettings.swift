import HTTPClient

/// Where the broker is and how hard we may ask it.
package struct SharekhanSettings: Sendable {
  /// Everything before `/services` and `/auth`.
  package var base: String
  package var readsPerSecond: Int
  /// For each account and exchange; ten at most.
  package var ordersPerSecond: Int
  /// For one request.
  package var requestTimeLimit: Duration
  package var connectTimeLimit: Duration
  /// For one read with its repetitions and its waiting.
  package var readTimeLimit: Duration
  /// The same for the contract master, which is megabytes long.
  package var masterTimeLimit: Duration
  /// For one order, which is sent once. Longer than a read's: giving up early takes nothing back, it
  /// only makes an answer that would have come unknown.
  package var orderTimeLimit: Duration
  /// Beyond it an order could not be told from others in the broker's book by its time.
  package var largestSkew: Duration
  package var readAttempts: Int
  /// Before the second attempt; doubled before each further one.
  package var firstPause: Duration

  package init(
    base: String = "https://api.sharekhan.com/skapi", readsPerSecond: Int = 5,
    ordersPerSecond: Int = 3,
    requestTimeLimit: Duration = .seconds(8), connectTimeLimit: Duration = .seconds(4),
    readTimeLimit: Duration = .seconds(20), masterTimeLimit: Duration = .seconds(90),
    orderTimeLimit: Duration = .seconds(30), largestSkew: Duration = .seconds(2),
    readAttempts: Int = 3, firstPause: Duration = .milliseconds(400)
  ) {
    self.base = base
    self.readsPerSecond = readsPerSecond
    self.ordersPerSecond = ordersPerSecond
    self.requestTimeLimit = requestTimeLimit
    self.connectTimeLimit = connectTimeLimit
    self.readTimeLimit = readTimeLimit
    self.masterTimeLimit = masterTimeLimit
    self.orderTimeLimit = orderTimeLimit
    self.largestSkew = largestSkew
    self.readAttempts = readAttempts
    self.firstPause = firstPause
  }

  package struct Problem: Error, Equatable, CustomStringConvertible {
    package let description: String
  }

  /// Tokens travel in headers, so nothing but TLS will do, except on this machine. And whoever
  /// sends more than ten orders a second must be registered with the exchange.
  func check() throws(Problem) {
    guard (1...OrderPlaces.ceiling).contains(ordersPerSecond) else {
      throw Problem(
        description: "\(ordersPerSecond) orders a second; allowed are 1 to "
          + "\(OrderPlaces.ceiling), more needs the exchange's registration")
    }
    let isSafe = base.hasPrefix("https://") || base.hasPrefix("http://") && isLoopback(url: base)
    guard isSafe, !base.hasSuffix("/"), !base.contains("?"), !base.contains("#") else {
      throw Problem(
        description: "the broker's address must be https://host/path, or http on loopback, "
          + "without a slash at the end")
    }
  }

  /// `/skapi` of the base.
  var basePath: String {
    let parts = base.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
    return parts.count == 4 ? "/\(parts[3])" : ""
  }
}
