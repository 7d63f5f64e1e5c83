import Desk
import TradingTime

/// The feed under the words of tables and pages.
struct FeedState: Encodable, Sendable {
  var isWell: Bool
  /// Why nothing is followed now.
  var idleBecause: String?
  var complaint: String?
  var instruments: Int
  var connections: [Connection]
  var counts: [String: Int]
  /// The newest first.
  var oddities: [Oddity]
  var pricesWaiting: Int
  var writtenAt: Instant?
  var failure: String?
  var failingSince: Instant?

  struct Connection: Encodable, Sendable {
    var account: String
    var number: Int
    var state: String
    var instruments: Int
    var followsOrders: Bool
    var openedAt: Instant?
    var heardAt: Instant?
    var pricedAt: Instant?
    var lostAt: Instant?
    var reason: String?

    enum CodingKeys: String, CodingKey {
      case account, number, state, instruments, reason
      case followsOrders = "follows_orders"
      case openedAt = "opened_at"
      case heardAt = "heard_at"
      case pricedAt = "priced_at"
      case lostAt = "lost_at"
    }
  }

  struct Oddity: Encodable, Sendable {
    var at: Instant
    var what: String
  }

  enum CodingKeys: String, CodingKey {
    case isWell = "is_well"
    case idleBecause = "idle_because"
    case complaint, instruments, connections, counts, oddities, failure
    case pricesWaiting = "prices_waiting"
    case writtenAt = "written_at"
    case failingSince = "failing_since"
  }

  init(_ status: FeedStatus) {
    complaint = status.complaint
    isWell = complaint == nil
    idleBecause = status.idleBecause
    instruments = status.instruments
    connections = status.feed.connections.map {
      Connection(
        account: $0.account, number: $0.number, state: $0.state.rawValue,
        instruments: $0.instruments, followsOrders: $0.followsOrders, openedAt: $0.openedAt,
        heardAt: $0.heardAt, pricedAt: $0.pricedAt, lostAt: $0.lostAt, reason: $0.reason)
    }
    counts = status.counted
    oddities = status.feed.oddities.map { Oddity(at: $0.at, what: $0.what) }
    pricesWaiting = status.pricesWaiting
    writtenAt = status.writtenAt
    failure = status.failure
    failingSince = status.failingSince
  }
}

extension FeedStatus {
  /// Everything that is counted since the process began, by name.
  var counted: [String: Int] {
    let counts = feed.counts
    return [
      "connects": counts.connects, "losses": counts.losses, "silences": counts.silences,
      "messages": counts.messages, "heartbeats": counts.heartbeats, "ticks": counts.ticks,
      "late_ticks": lateTicks, "acknowledgements": counts.acknowledgements,
      "refusals": counts.refusals, "unknown": counts.unknown, "prices_written": pricesWritten,
      "depths_written": depthsWritten,
      "acknowledgements_written": acknowledgementsWritten,
      "acknowledgements_lost": acknowledgementsLost,
    ]
  }
}
