/// What can go wrong at a broker. Those marked *before* keep the request from being carried out,
/// unless the rule says `"after": true`; the rest spoil what was.
package enum FaultKind: String, Sendable, CaseIterable {
  /// The answer comes `seconds` late; the request was carried out at once.
  case delay
  /// Carried out, but no answer: the connection is held for `seconds` and broken off.
  case timeout
  /// The connection is broken off without a byte. Before.
  case drop
  /// An error with the broker's body for the given status. Before.
  case status
  /// The front proxy's HTML page, under `status` (502). Before.
  case html
  /// HTTP 204 with nothing in it.
  case empty204
  /// Half of a body or a frame.
  case truncate
  /// `"data": null`
  case null
  /// `"data": []`
  case emptyList = "empty_list"
  /// `"data": "no_records"`
  case noRecords = "no_records"
  /// An order is turned down inside a successful answer, its number one of five words for none. Before.
  case reject
  /// The keys of every object in another order.
  case shuffle
  /// Half of all numbers become strings, and of strings that hold numbers, numbers.
  case flip
  /// A state of orders that nobody has heard of, and a key that was never there.
  case unknownState = "unknown_state"
  /// Every access token given out so far stops working; open sockets end. Before.
  case expireTokens = "expire_tokens"
  /// An order is acknowledged on the socket before its request is answered.
  case earlyAck = "early_ack"
  /// An acknowledgement comes twice.
  case duplicateAck = "duplicate_ack"
  /// An acknowledgement says `feed` where others say `ack`.
  case ackAsFeed = "ack_as_feed"
  /// A socket ends without a close frame.
  case dropSocket = "drop_socket"
  /// A socket says nothing for `seconds`, and what would have been said is lost.
  case silence
  /// Any of these but `expire_tokens` and `reject`; delays last up to `seconds`.
  case chaos

  /// Where a rule can strike: at a request, handshakes included, or at what a socket says.
  enum Place: Sendable { case request, frame, acknowledgement }

  /// - Parameter path: what was asked for, or the stream's.
  func strikes(_ place: Place, _ path: String) -> Bool {
    switch self {
    case .reject: place == .request && path.hasSuffix("/services/orders")
    case .chaos: true
    case .truncate, .shuffle, .flip, .unknownState: true
    case .duplicateAck, .ackAsFeed: place == .acknowledgement
    case .dropSocket, .silence: place == .frame
    default: place == .request
    }
  }

  var usualSeconds: Double {
    switch self {
    case .timeout: 60
    case .earlyAck: 0.1
    case .silence: 120
    case .chaos: 5
    default: 1
    }
  }

  /// Drawn from by `chaos`; what stands twice comes twice as often.
  static func chaos(at place: Place) -> [FaultKind] {
    switch place {
    case .request:
      [
        .delay, .delay, .delay, .timeout, .drop, .drop, .status, .status, .html, .html, .empty204,
        .truncate, .truncate, .null, .emptyList, .noRecords, .shuffle, .shuffle, .flip, .flip,
        .unknownState,
        .earlyAck, .earlyAck,
      ]
    case .frame: [.truncate, .shuffle, .shuffle, .flip, .flip, .dropSocket, .silence]
    case .acknowledgement: [.duplicateAck, .ackAsFeed, .unknownState]
    }
  }
}
