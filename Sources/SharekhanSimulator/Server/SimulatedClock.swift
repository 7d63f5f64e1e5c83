package import TradingTime

/// The simulator's time as a function of the real one: `simulatedAt` was at `realAt`, and since
/// then `speed` simulated seconds pass in each real one, but never beyond `notAfter`.
package struct SimulatedClock: Sendable, Equatable {
  let simulatedAt: Instant
  let realAt: Instant
  let speed: Double
  let notAfter: Instant?

  package init(simulatedAt: Instant, realAt: Instant, speed: Double = 1, notAfter: Instant? = nil) {
    self.simulatedAt = simulatedAt
    self.realAt = realAt
    self.speed = speed
    self.notAfter = notAfter
  }

  /// The real time itself.
  package static let real = SimulatedClock(
    simulatedAt: Instant(microseconds: 0), realAt: Instant(microseconds: 0))

  package func reading(at real: Instant) -> Instant {
    let elapsed = (real - realAt).microseconds
    let passed = speed == 1 ? elapsed : Int64(clamped(Double(elapsed) * speed))
    let simulated = simulatedAt + .microseconds(passed)
    return notAfter.map { min($0, simulated) } ?? simulated
  }

  /// A clock of high speed may be far from its origin; beyond a century it stands.
  private func clamped(_ microseconds: Double) -> Double {
    min(max(microseconds, -3e15), 3e15)
  }

  /// Reads `T@REAL`, or `T` for "from now on", both RFC 3339.
  package init?(_ text: String, speed: Double, now: Instant) {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false).map(String.init)
    guard let simulated = Instant(rfc3339: parts[0]), parts.count <= 2 else { return nil }
    guard parts.count == 2 else {
      self.init(simulatedAt: simulated, realAt: now, speed: speed)
      return
    }
    guard let real = Instant(rfc3339: parts[1]) else { return nil }
    self.init(simulatedAt: simulated, realAt: real, speed: speed)
  }
}
