import Testing
import TradingTime

@Suite(.timeLimit(.minutes(1)))
struct `Instants` {
  @Test
  func `are written in UTC`() {
    #expect(Instant(microseconds: 0).description == "1970-01-01T00:00:00Z")
  }
}
