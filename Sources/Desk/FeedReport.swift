package import TradingTime

/// How the feed is doing: each connection, and a count of everything that happened since the start.
package struct FeedReport: Hashable, Sendable {
  package var connections: [Connection] = []
  package var counts = FeedCounts()
  /// The newest first, a few of them.
  package var oddities: [Oddity] = []

  package init() {}

  package struct Connection: Hashable, Sendable {
    package enum State: String, Hashable, Sendable, CaseIterable {
      case connecting, open, waiting
    }

    package var account: String
    /// Of the account's connections, from 1.
    package var number: Int
    package var state: State
    package var instruments: Int
    package var followsOrders: Bool
    package var openedAt: Instant?
    package var heardAt: Instant?
    /// When a price came last, also on a connection before this one.
    package var pricedAt: Instant?
    /// Since when it is down; nil while it is open.
    package var lostAt: Instant?
    /// Why the last one ended.
    package var reason: String?

    package init(
      account: String, number: Int, state: State, instruments: Int, followsOrders: Bool
    ) {
      self.account = account
      self.number = number
      self.state = state
      self.instruments = instruments
      self.followsOrders = followsOrders
    }
  }

  package struct Oddity: Hashable, Sendable {
    package var at: Instant
    package var what: String

    package init(at: Instant, what: String) {
      self.at = at
      self.what = what
    }
  }

  package mutating func note(_ what: String, at instant: Instant) {
    oddities.insert(Oddity(at: instant, what: what), at: 0)
    if oddities.count > 20 { oddities.removeLast() }
  }
}

/// Counted since the process began; no number ever goes back.
package struct FeedCounts: Hashable, Sendable {
  package var connects = 0
  /// Connections that ended without our wish.
  package var losses = 0
  /// Of these, those on which nothing came for too long.
  package var silences = 0
  package var messages = 0
  package var heartbeats = 0
  package var ticks = 0
  package var acknowledgements = 0
  /// The broker answered that something is wrong.
  package var refusals = 0
  /// Messages that nobody understood.
  package var unknown = 0

  package init() {}

}
