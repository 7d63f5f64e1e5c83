package import TradingTime

/// The whole broker behind one question: a request in, an answer out. Requests are carried out one
/// after the other, each at one instant of the simulated clock, so no answer mixes two moments.
package actor Simulator {
  package typealias Pause = @Sendable (Duration) async throws -> Void

  var settings: Settings
  var exchange: Exchange
  var clock: SimulatedClock
  var faults: FaultPlan
  var requestTokens: RequestTokens
  var accessTokens: AccessTokens
  var quotes: QuoteBoard
  var streams: [Int: StreamSession] = [:]
  var streamsOpened = 0
  private(set) var requests = 0
  private let realNow: @Sendable () -> Instant
  private let pause: Pause

  package init(
    _ settings: Settings, now: @escaping @Sendable () -> Instant,
    pause: @escaping Pause = { try await Task.sleep(for: $0) }
  ) throws(SettingsError) {
    guard let cipher = RequestTokenCipher(secret: settings.secretKey) else {
      throw SettingsError("the secret key must be 32 bytes long")
    }
    guard (1...1000).contains(settings.accounts) else {
      throw SettingsError("accounts must be 1 to 1000, got \(settings.accounts)")
    }
    guard (0...Listing.mostMadeUp).contains(settings.madeUpShares) else {
      throw SettingsError(
        "made-up shares must be 0 to \(Listing.mostMadeUp), got \(settings.madeUpShares)")
    }
    let seed = Seed(settings.seed)
    self.settings = settings
    exchange = Exchange(
      accounts: settings.accounts, seed: settings.seed, recorded: settings.prices)
    clock = settings.clock
    faults = FaultPlan(seed: seed, rules: settings.faults)
    requestTokens = RequestTokens(cipher: cipher, seed: seed)
    accessTokens = AccessTokens(seed: seed)
    quotes = QuoteBoard(market: exchange.market)
    realNow = now
    self.pause = pause
  }

  var real: Instant { realNow() }

  var now: Instant { clock.reading(at: real) }

  package func answer(_ request: WireRequest) async -> WireAnswer {
    if request.segments.first == "simulator" { return control(request) }
    return await misbehaving(request) { route(request, at: $0) }
  }

  /// The answer to a request as the rules in force let it be.
  func misbehaving(
    _ request: WireRequest, _ carryOut: (Instant) -> WireAnswer
  ) async -> WireAnswer {
    requests += 1
    let fault = faults.strike(request.path, routeKey(request), at: .request)
    if fault?.kind == .expireTokens { accessTokens.expireAll() }
    if let answer = fault?.answerWithout { return answer }
    let now = clock.reading(at: realNow())
    let answer = carryOut(now)
    guard let fault else { return answer }
    if fault.kind == .earlyAck { tellEarly(at: now) }
    if [.delay, .timeout, .earlyAck].contains(fault.kind) {
      // The client may be gone before a late answer; then nobody is left to tell.
      try? await pause(fault.delay)
    }
    return fault.spoil(answer)
  }

  /// A path without the numbers of orders and shares, so that the first question about each order
  /// does not count as the first of its kind.
  private func routeKey(_ request: WireRequest) -> String {
    request.segments.map { word in
      Int(word) != nil && exchange.accounts.index(of: word) == nil ? "#" : word
    }.joined(separator: "/")
  }
}

package struct SettingsError: Error, CustomStringConvertible {
  package let description: String
  init(_ description: String) { self.description = description }
}
