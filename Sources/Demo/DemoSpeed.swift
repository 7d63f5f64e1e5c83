/// How fast a day is played at most.
package struct DemoSpeed: Hashable, Sendable, LosslessStringConvertible {
  /// The job's seconds in each real one.
  package let factor: Double

  /// As fast as the machine can; both clocks count to this and no further.
  package static let max = DemoSpeed(factor: 100_000)
  package static let one = DemoSpeed(factor: 1)
  package static let day = DemoSpeed(factor: 60)

  private init(factor: Double) { self.factor = factor }

  /// `60`, `0.5`, `max`.
  package init?(_ text: String) {
    if text == "max" {
      self = .max
      return
    }
    guard let factor = Double(text), factor >= 0.01, factor <= 100_000 else { return nil }
    self.init(factor: factor)
  }

  package var description: String {
    if self == .max { return "max" }
    return factor == factor.rounded() ? "\(Int(factor))" : "\(factor)"
  }
}
