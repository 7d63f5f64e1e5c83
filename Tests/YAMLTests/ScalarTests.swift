import Testing
import YAML

@Suite(.timeLimit(.minutes(1)))
struct `Scalars` {
  @Test
  func `without quotes mean what YAML 1 2 says, less its surprises`() {
    #expect(Scalar(text: "on", isPlain: true).value == .string("on"))
  }
}
