import Desk
import Jobs
import TradingTime

/// Whose feed should bring something now and does not, and since when.
///
/// An account's feed is well at a look if all its connections are open and something came on them
/// since the look before: a price where they follow instruments, else any word at all. A connection
/// that opens and breaks again and again, or lives without bringing prices, is not well.
struct FeedWatch: Sendable {
  private struct State: Sendable {
    /// When all was well last, or was first expected to be.
    var since: Instant
    /// The same moment on the clock that neither jumps nor is sped up: patience is a person's.
    var began: Duration
    var cameAt: Instant?
    /// Nil while all is well.
    var reason: String?
    /// Since when all is open and nothing comes, or was asked anew for that; on the clock of `began`.
    var silentSince: Duration?
  }

  /// A broker that forgot our subscription goes on with heartbeats; only asking anew helps. Longer than
  /// the alarm waits: one that answers whenever it is asked anew, and then no more, must be said too.
  private static let patience = Duration.seconds(150)

  private var states: [String: State] = [:]

  /// - Parameter expected: accounts that are signed in while the market trades.
  mutating func look(
    expecting expected: [String], _ report: FeedReport, at now: Instant, uptime: Duration
  ) {
    var next: [String: State] = [:]
    for account in expected {
      var state = states[account] ?? State(since: now, began: uptime)
      let lines = report.connections.filter { $0.account == account }
      let cameAt = lines.cameAt
      state.reason = lines.trouble
      if state.reason == nil, let cameAt, cameAt != state.cameAt {
        (state.since, state.began, state.silentSince) = (now, uptime, nil)
      } else if state.reason == nil {
        state.reason = lines.silence
        state.silentSince = state.silentSince ?? uptime
      } else {
        state.silentSince = nil
      }
      state.cameAt = cameAt
      next[account] = state
    }
    states = next
  }

  /// Accounts to connect anew because nothing comes though all is open; each again only after as
  /// much patience.
  mutating func takeSilent(at uptime: Duration) -> [String] {
    let silent = states.filter { _, state in
      state.silentSince.map { uptime - $0 >= Self.patience } ?? false
    }.keys.sorted()
    for account in silent { states[account]?.silentSince = uptime }
    return silent
  }

  func missing(at uptime: Duration) -> [AlarmFacts.FeedFacts] {
    states.sorted { $0.key < $1.key }.compactMap { account, state in
      state.reason.map {
        .init(account: account, since: state.since, span: uptime - state.began, reason: $0)
      }
    }
  }
}

extension [FeedReport.Connection] {
  /// When the last thing came that should keep coming.
  fileprivate var cameAt: Instant? {
    let priced = filter { $0.instruments > 0 }
    return priced.isEmpty ? compactMap(\.heardAt).max() : priced.compactMap(\.keptPricingAt).max()
  }

  /// Why it is down; nil while every connection is open.
  fileprivate var trouble: String? {
    guard !isEmpty else { return "no connection was made for it" }
    return first { $0.state != .open }.map { $0.reason ?? "it has not connected yet" }
  }

  fileprivate var silence: String {
    let followed = reduce(0) { $0 + $1.instruments }
    let what =
      followed == 0
      ? "it is connected, but nothing is heard"
      : "it is connected, but none of \(followed) instruments has a price"
    return what + (compactMap(\.reason).first.map { "; the connection before: \($0)" } ?? "")
  }
}

extension FeedReport.Connection {
  /// The broker answers a subscription with all prices at once; only what comes later shows that they
  /// keep coming.
  fileprivate var keptPricingAt: Instant? {
    guard let pricedAt, let openedAt else { return pricedAt }
    return pricedAt - openedAt >= .seconds(15) ? pricedAt : nil
  }
}

extension Almanac {
  /// Whether every market with a session today is in continuous trading: prices then come all the
  /// time. Where one trades on after the others, nobody says whose instruments are followed.
  func isTrading(at now: Instant) -> Bool {
    let sessions = calendars.values.compactMap { calendar in
      calendar.session(on: calendar.zone.local(now).date)
    }
    return !sessions.isEmpty
      && sessions.allSatisfy { session in
        session.phases.contains { $0.kind == .continuous && $0.contains(now) }
      }
  }
}
