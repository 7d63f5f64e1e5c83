package import Desk
import HTTPClient
import Threads
import TradingTime

/// The live feed: as many connections as the wish needs, each opened again whenever it ends.
package final class SharekhanFeed: MarketFeed {
  private let settings: FeedSettings
  private let address: FeedAddress
  private let client: SharekhanClient
  private let wish = Locked(FeedWish())
  /// Accounts to connect anew.
  private let renewals = Locked(Set<String>())
  /// Lines that have not ended, leaving ones too.
  private let running = Locked(Set<FeedPlan.Line>())
  private let board = FeedBoard()

  /// - Parameter client: for the day's tokens; the feed keeps none.
  /// - Throws: `SharekhanSettings.Problem` for an address that cannot be used.
  package init(_ settings: FeedSettings, client: SharekhanClient) throws {
    address = try FeedAddress(settings.url)
    if let proxy = settings.proxy, !address.isSecure, !isLoopback(url: "http://\(proxy)") {
      throw SharekhanSettings.Problem(
        description: "without TLS the token would be read on the way to the proxy \(proxy); "
          + "use wss://")
    }
    self.settings = settings
    self.client = client
  }

  package var report: FeedReport { board.report }

  package func follow(_ wish: FeedWish) { self.wish.withLock { $0 = wish } }

  package func renew(_ accounts: [String]) { renewals.withLock { $0.formUnion(accounts) } }

  package func run(_ deliver: @escaping @Sendable (FeedDelivery) -> Void) async {
    await withDiscardingTaskGroup { group in
      var plan = FeedPlan()
      var lines: [FeedPlan.Line: FeedLine] = [:]
      while !Task.isCancelled {
        let next = plan.changed(to: wish.withLock { $0 })
        if next != plan { say(next) }
        for (line, leaving) in lines where next.lines[line] == nil {
          leaving.leave()
          lines[line] = nil
        }
        for (line, keys) in next.lines where keys != plan.lines[line] || lines[line] == nil {
          // One that is leaving clears its place on the board when it is gone, and not sooner.
          guard lines[line] != nil || running.withLock({ $0.insert(line).inserted }) else {
            continue
          }
          board.plan(line, instruments: keys.count)
          if let known = lines[line] {
            known.follow(keys)
          } else {
            let new = self.line(line, keys, deliver)
            lines[line] = new
            group.addTask {
              await new.run()
              self.running.withLock { _ = $0.remove(line) }
            }
          }
        }
        let renewed = renewals.withLock { renewals in
          defer { renewals = [] }
          return renewals
        }
        for (line, known) in lines where renewed.contains(line.account.id) { known.renew() }
        plan = next
        try? await SystemClock.sleep(for: settings.pace)
      }
    }
  }

  /// What no connection can bear is not left out in silence.
  private func say(_ plan: FeedPlan) {
    if plan.instrumentsLeftOut > 0 {
      board.note(
        "\(plan.instrumentsLeftOut) instruments are not followed: no connection left for them",
        at: client.now())
    }
    if plan.accountsLeftOut > 0 {
      board.note(
        "orders of \(plan.accountsLeftOut) accounts are not followed: no connection left for them",
        at: client.now())
    }
  }

  private func line(
    _ line: FeedPlan.Line, _ keys: Set<InstrumentKey>,
    _ deliver: @escaping @Sendable (FeedDelivery) -> Void
  ) -> FeedLine {
    let client = client
    return FeedLine(
      line, keys: keys, settings: settings, address: address,
      rights: { account in
        FeedRights(
          token: try client.token(of: account).token,
          apiKey: try client.credentials(account).apiKey)
      }, now: client.now, board: board, deliver: deliver)
  }
}
