import Desk
import Support
import Threads

@testable import DeskUnits

/// A feed worked by hand.
final class FixtureFeed: MarketFeed {
  private let wishes = Locked<[FeedWish]>([])
  private let receiver = Locked<(@Sendable (FeedDelivery) -> Void)?>(nil)
  private let state = Locked(FeedReport())
  private let renewals = Locked<[[String]]>([])

  func run(_ deliver: @escaping @Sendable (FeedDelivery) -> Void) async {
    receiver.withLock { $0 = deliver }
    await untilToldToStop()
  }

  func follow(_ wish: FeedWish) { wishes.withLock { $0.append(wish) } }
  func renew(_ accounts: [String]) { renewals.withLock { $0.append(accounts) } }
  var renewed: [[String]] { renewals.withLock { $0 } }
  var report: FeedReport { state.withLock { $0 } }
  func tell(_ report: FeedReport) { state.withLock { $0 = report } }

  var lastWish: FeedWish? { wishes.withLock { $0.last } }

  func deliver(_ delivery: FeedDelivery) async throws {
    try await eventually("somebody follows the feed") { receiver.withLock { $0 != nil } }
    receiver.withLock { $0 }?(delivery)
  }
}
