import Jobs
import Testing
import TradingTime

@Suite(.timeLimit(.minutes(10)))
struct `What clocks do` {
  private static let noon = at("2026-07-09T12:00:00")

  struct Case: CustomTestStringConvertible, Sendable {
    var id: String
    /// How much later each clock is than five seconds on.
    var awake = Duration.zero
    var wall = Duration.zero
    var server = Duration.zero
    var doubt = Duration.zero
    var told: [String]
    var testDescription: String { id }
  }

  @Test(arguments: [
    Case(id: "nothing", told: []),
    Case(id: "they are slewed", wall: .milliseconds(400), server: .milliseconds(-400), told: []),
    Case(
      id: "the machine's is set forward", wall: .seconds(3600),
      told: ["host-step 3600.0: this machine's clock was set 1h forward"]),
    Case(
      id: "the machine's is set back", wall: .seconds(-30),
      told: ["host-step -30.0: this machine's clock was set 30s back"]),
    Case(
      id: "the database's is set forward", server: .seconds(3600),
      told: ["database-step 3600.0: the database's clock was set 1h forward"]),
    Case(
      id: "the database's is set back", server: .seconds(-30),
      told: ["database-step -30.0: the database's clock was set 30s back"]),
    Case(
      id: "an answer was slow", server: .seconds(-30), doubt: .seconds(29),
      told: []),
    Case(
      id: "the machine slept", awake: .seconds(-600),
      told: ["suspended 600.0: this machine slept for 10m"]),
    Case(
      id: "the machine slept and its clock was set right", awake: .seconds(-600),
      wall: .seconds(-5),
      told: [
        "suspended 600.0: this machine slept for 10m",
        "host-step -5.0: this machine's clock was set 5s back",
      ]),
  ])
  func `is measured by the clock that goes on through it`(_ test: Case) {
    func sample(_ passed: Duration, isLater: Bool) -> ClockSample {
      let change = isLater ? 1 : 0
      return ClockSample(
        sinceBoot: .seconds(100) + passed, awake: .seconds(90) + passed + test.awake * change,
        wall: Self.noon + passed + test.wall * change,
        server: Self.noon + passed + test.server * change, doubt: test.doubt * change)
    }
    let span = test.awake == .zero ? Duration.seconds(5) : .seconds(605)
    let events = sample(span, isLater: true).events(since: sample(.zero, isLater: false))
    #expect(events.map { "\($0.kind.rawValue) \($0.seconds): \($0.sentence)" } == test.told)
  }
}
