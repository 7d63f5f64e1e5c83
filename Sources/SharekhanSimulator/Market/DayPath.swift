/// One share's way through one session, second by second: Lévy's construction of a Brownian
/// bridge, in whole numbers. Each second costs fifteen draws, wherever in the day it lies.
struct DayPath: Sendable {
  let day: Int
  let first: Paise
  let last: Paise
  let range: ClosedRange<Paise>
  let tick: Int64
  let noise: Seed
  /// Of a contract this is the way of what it is on.
  var contract: Contract?

  var open: Paise { price(at: SessionDays.open) }

  func price(at second: Int) -> Paise {
    let spot = spot(at: second)
    return contract?.price(spot: spot, on: day, at: second) ?? spot
  }

  private func spot(at second: Int) -> Paise {
    let into = second - SessionDays.open
    if into <= 0 { return first }
    if into >= SessionDays.length { return last }
    let straight =
      first.count + (last.count - first.count) * Int64(into) / Int64(SessionDays.length)
    let bent = straight + first.count * bridge(into) / 1_000_000
    let price = Paise(bent).rounded(toTick: tick)
    return min(max(price, range.lowerBound), range.upperBound)
  }

  /// The deviation from the straight line, in millionths of the price. At each level the day is
  /// halved again, and one hat-shaped function, the one over this second, adds its share.
  private func bridge(_ into: Int) -> Int64 {
    let resolution = 20
    let position = (into << resolution) / SessionDays.length
    let deviations = DayPath.deviations
    var (sum, level) = (0, 0)
    while level < deviations.count {
      let width = 1 << (resolution - level)
      let cell = position / width
      let inside = position - cell * width
      let height = (inside * 2 < width ? inside : width - inside) * 2
      sum += deviations[level] * noise.normalThousandths(level << 20 | cell) / 1000 * height / width
      level += 1
    }
    return Int64(sum)
  }

  /// Standard deviations by level: a Brownian bridge of 0.9 percent a day.
  private static let deviations = [
    4500, 3182, 2250, 1591, 1125, 795, 562, 398, 281, 199, 141, 99, 70, 50, 35,
  ]
}
