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

  package func answer(_ request: WireRequest) async -> WireAnswer {
    if request.segments.first == "simulator" { return control(request) }
    return await misbehaving(request) { route(request, at: $0) }
  }

  /// The answer to a request as the rules in force let it be.
  func misbehaving(
    _ request: WireRequest, _ carryOut: (Instant) -> WireAnswer
  ) async -> WireAnswer {
    requests += 1
    let fault = faults.strike(request.path, request: requests)
    if fault?.kind == .expireTokens { accessTokens.expireAll() }
    if let answer = fault?.answerWithout { return answer }
    let answer = carryOut(clock.reading(at: realNow()))
    guard let fault else { return answer }
    // The client may be gone before a late answer; then nobody is left to tell.
    if fault.kind == .delay { try? await pause(fault.delay) }
    return fault.spoil(answer)
  }
}

package struct SettingsError: Error, CustomStringConvertible {
  package let description: String
  init(_ description: String) { self.description = description }
}
