package import Desk
package import HTTPClient
import Threads
package import TradingTime

/// The live broker, to read from. It has no code that places an order: see `SharekhanDealer`.
///
/// The caller gives the clock, because the desk's times are on the job's clock, and the
/// credentials, account by account, whenever they are needed: this type keeps none of them.
package final class SharekhanClient: Broker {
  let settings: SharekhanSettings
  let web: WebClient
  let store: SignInStore
  let credentials: @Sendable (Account) throws -> Credentials
  let now: @Sendable () -> Instant
  let bucket: Locked<RateBucket>
  private let skew = Locked<ClockSkew?>(nil)
  private let refusals = Locked<[String: Refusal]>([:])

  private struct Refusal: Sendable {
    var token: Secret
    var at: Duration
  }

  package init(
    _ settings: SharekhanSettings, web: WebClient, store: SignInStore,
    credentials: @escaping @Sendable (Account) throws -> Credentials,
    now: @escaping @Sendable () -> Instant
  ) throws {
    try settings.check()
    self.settings = settings
    self.web = web
    self.store = store
    self.credentials = credentials
    self.now = now
    bucket = Locked(RateBucket(perSecond: settings.readsPerSecond))
  }

  /// By the last answer that told the time.
  package var clockSkew: ClockSkew? { skew.withLock { $0 } }

  package func signInState(of account: Account) -> SignInState {
    do {
      let token = try token(of: account)
      if let refusal = refusals.withLock({ $0[account.id] }), refusal.token == token.token,
        // Only for a minute: a refusal may have been a passing fault, and whoever waits for this
        // state to change before asking again would never ask.
        SystemClock.sinceBoot() - refusal.at < .seconds(60)
      {
        return .notSignedIn(reason: "the broker refused the token")
      }
      return .signedIn(until: token.expiresAt)
    } catch {
      return .notSignedIn(reason: reason(error))
    }
  }

  package func holdsSignIn(of account: Account) -> Bool { (try? token(of: account)) != nil }

  /// A token that is ours to use now, or `notSignedIn` with the reason.
  ///
  /// - Parameter isForReading: that it was replaced in this second need not be known yet.
  func token(of account: Account, isForReading: Bool = false) throws -> AccessToken {
    func not(_ reason: String) -> BrokerError { .notSignedIn(account: account.id, reason: reason) }
    let token: AccessToken?
    do {
      token = try isForReading ? store.recentToken(of: account.id) : store.token(of: account.id)
    } catch {
      throw not("\(error)")
    }
    guard let token else { throw not("nobody has signed in") }
    guard token.customerID == account.customerID else {
      throw not("the stored sign-in is customer \(token.customerID)'s, not \(account.customerID)'s")
    }
    guard token.expiresAt > now() else {
      throw not("the token expired \(token.expiresAt.rfc3339(in: .india))")
    }
    return token
  }

  func noteTime(_ response: WebResponse, sentAt: Instant, receivedAt: Instant) {
    guard let seconds = response.dateSecondsSinceEpoch else { return }
    let measured = ClockSkew(serverSeconds: seconds, sentAt: sentAt, receivedAt: receivedAt)
    skew.withLock { $0 = measured }
  }

  func noteRefusal(of token: AccessToken, for account: Account) {
    let refusal = Refusal(token: token.token, at: SystemClock.sinceBoot())
    refusals.withLock { $0[account.id] = refusal }
  }

  private func reason(_ error: any Error) -> String {
    if case .notSignedIn(_, let reason)? = error as? BrokerError { return reason }
    return "\(error)"
  }
}

extension WebError {
  func brokerError(_ request: String) -> BrokerError {
    switch cause {
    case .timedOut(let limit), .connectTimedOut(let limit):
      .timedOut(request: request, after: limit)
    default: .unavailable(reason: description)
    }
  }
}
