package import TradingTime

/// Sends orders. Apart from `Broker`, which reads: whoever holds only that cannot trade.
///
/// Each call sends at most once and nothing sends again. `NothingSent` is the proof that no byte of
/// the order left this machine; in every other case there is a reply, be it `unclear`.
package protocol Dealer: Sendable {
  /// - Parameter limit: how long sending may take to begin; after that it does not begin any more.
  func place(_ order: NewOrder, startingWithin limit: Duration) async throws(NothingSent)
    -> OrderReply
  func change(_ order: OrderChange, startingWithin limit: Duration) async throws(NothingSent)
    -> OrderReply
  func cancel(_ order: OrderCancellation, startingWithin limit: Duration)
    async throws(NothingSent) -> OrderReply
  func cancel(_ order: BareCancellation, startingWithin limit: Duration)
    async throws(NothingSent) -> OrderReply

  /// The order book with what changing and cancelling need; a pure function of the answer.
  func ordersOnBook(in answer: RawAnswer) throws -> [OrderOnBook]
}

/// What became of an order that was sent.
package enum OrderOutcome: Hashable, Sendable {
  /// The broker took it; what the exchange makes of it, the book will tell.
  case accepted(orderID: String, rmsCode: String)
  /// The broker said no in a way that is known to mean no.
  case rejected(reason: String)
  /// Anything else. It may stand at the exchange: only the book can tell.
  case unclear(why: String)
}

package struct OrderReply: Hashable, Sendable {
  package let outcome: OrderOutcome
  package let evidence: OrderEvidence

  package init(outcome: OrderOutcome, evidence: OrderEvidence) {
    self.outcome = outcome
    self.evidence = evidence
  }
}

/// What is known of one sending, for the record and for finding the order in the book.
package struct OrderEvidence: Hashable, Sendable {
  package let accountID: String
  /// Method and path.
  package let request: String
  /// Job's clock, before the first byte.
  package let sentAt: Instant
  package let endedAt: Instant
  /// Nil: no answer came.
  package let status: Int?
  /// The answer, byte for byte but for secrets of ours that it repeats.
  package let body: [UInt8]

  package init(
    accountID: String, request: String, sentAt: Instant, endedAt: Instant, status: Int?,
    body: [UInt8]
  ) {
    self.accountID = accountID
    self.request = request
    self.sentAt = sentAt
    self.endedAt = endedAt
    self.status = status
    self.body = body
  }
}

/// Proof that no byte of an order left this machine: it may be sent anew, as a new decision.
package enum NothingSent: Error, Hashable, Sendable {
  case notSignedIn(account: String, reason: String)
  /// The limit of orders a second is used up.
  case tooMany(account: String, exchange: String, freeAfter: Duration)
  /// The broker's clock and ours differ by more than an order could be found again with.
  case clockSkew(Duration)
  case unreachable(reason: String)
  /// The time within which sending had to begin was over.
  case tooLate
  case cancelled
}

extension NothingSent: CustomStringConvertible {
  package var description: String {
    let reason =
      switch self {
      case .notSignedIn(let account, let reason):
        "\(account) is not signed in: \(reason); run: muhurat sign-in \(account)"
      case .tooMany(let account, let exchange, let span):
        "the orders of \(account) on \(exchange) have reached their rate; free after \(span)"
      case .clockSkew(let ahead): "the broker's clock is \(ahead) ahead of ours; set the clock"
      case .unreachable(let reason): "the broker cannot be reached: \(reason)"
      case .tooLate: "it could not begin in time"
      case .cancelled: "its caller was stopped"
      }
    return "the order was not sent: \(reason)"
  }
}
