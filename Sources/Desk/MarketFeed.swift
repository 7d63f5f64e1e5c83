/// The desk's view of a stream of quotes and order acknowledgements; the live broker's conforms. It
/// delivers and keeps nothing: what to do with what came is the receiver's.
package protocol MarketFeed: Sendable {
  /// Follows what is wished for until the task is cancelled. `deliver` must not wait.
  func run(_ deliver: @escaping @Sendable (FeedDelivery) -> Void) async
  /// From now on; what is followed already is not interrupted.
  func follow(_ wish: FeedWish)
  /// Connects these accounts anew and subscribes again, though their connections are open.
  func renew(_ accounts: [String])
  var report: FeedReport { get }
}

package enum FeedDelivery: Hashable, Sendable {
  case ticks([Tick])
  case acknowledgements([OrderAcknowledgement])
}

/// Which instruments to follow, and with whose sign-ins. The accounts' order acknowledgements are
/// followed too. Empty: hang up.
package struct FeedWish: Hashable, Sendable {
  package var accounts: [Account]
  package var keys: Set<InstrumentKey>

  package init(accounts: [Account] = [], keys: Set<InstrumentKey> = []) {
    self.accounts = accounts
    self.keys = keys
  }
}
