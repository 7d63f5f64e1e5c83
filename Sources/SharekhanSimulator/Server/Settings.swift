/// What a simulator is made of. The defaults are those that every client of it knows.
package struct Settings: Sendable {
  package var accounts = 2
  package var seed: UInt64 = 1
  package var prices = RecordedPrices.none
  package var faults: [FaultRule] = []
  package var clock = SimulatedClock.real
  package var apiKey = "SIMULATED-API-KEY-0001"
  package var secretKey = "SIMULATED-SECRET-KEY-FOR-TESTS!!"
  /// Where the login page sends the browser: what an app registers at the broker's portal.
  package var redirect = "http://127.0.0.1/callback"
  package var strictRMS = false
  /// Shares of companies that do not exist, beside those that do.
  package var madeUpShares = 0
  /// How often the socket says `heartbeat`, in real time.
  package var heartbeat: Duration = .seconds(30)

  package init() {}
}
