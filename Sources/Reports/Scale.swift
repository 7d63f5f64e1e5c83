/// A straight line from values to pixels, with round numbers as its marks.
struct Scale {
  let low: Double
  let high: Double
  let ticks: [Double]
  private let from: Double
  private let to: Double

  /// - Parameter count: about how many marks.
  init(_ values: [Double], from: Double, to: Double, count: Int = 5) {
    let least = min(values.min() ?? 0, 0)
    let most = max(values.max() ?? 0, 0)
    let span = most > least ? most - least : 1
    let step = Self.roundStep(span / Double(count))
    low = (least / step).rounded(.down) * step
    high = max((most / step).rounded(.up) * step, low + step)
    let first = Int((low / step).rounded())
    let last = Int((high / step).rounded())
    ticks = (first...max(first, last)).map { Double($0) * step }
    self.from = from
    self.to = to
  }

  func place(_ value: Double) -> Double {
    from + (value - low) / (high - low) * (to - from)
  }

  /// 1, 2, 2.5 or 5 times a power of ten, and not below one rupee.
  private static func roundStep(_ raw: Double) -> Double {
    var power = 1.0
    while power * 10 <= raw { power *= 10 }
    return [1.0, 2, 2.5, 5, 10].map { $0 * power }.first { $0 >= raw } ?? power * 10
  }
}

/// Numbers inside SVG: one decimal, never the machine's own way.
func px(_ value: Double) -> String { Wording.number(value, places: 1) }
