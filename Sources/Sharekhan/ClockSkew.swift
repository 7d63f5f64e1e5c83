package import TradingTime

/// How far the broker's clock is ahead of ours, by the `Date` header of an answer.
package struct ClockSkew: Sendable, Hashable {
  package var ahead: Duration
  /// Half the round trip, and half the second to which the header is cut.
  package var uncertainty: Duration
  package var measuredAt: Instant

  init(serverSeconds: Int, sentAt: Instant, receivedAt: Instant) {
    let middle = sentAt + (receivedAt - sentAt) / 2
    ahead = Instant(secondsSinceEpoch: Int64(serverSeconds)) + .milliseconds(500) - middle
    uncertainty = (receivedAt - sentAt) / 2 + .milliseconds(500)
    measuredAt = receivedAt
  }
}
