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
    price(at: second) { level, cell in weight(level, cell) }
  }

  /// Every price from one second to another, several times as fast as asking for each.
  func scan(_ seconds: ClosedRange<Int>, _ visit: (Paise) -> Void) {
    var cells = DayPath.deviations.map { _ in -1 }
    var weights = cells
    for second in seconds {
      visit(
        price(at: second) { level, cell in
          if cells[level] != cell {
            cells[level] = cell
            weights[level] = weight(level, cell)
          }
          return weights[level]
        })
    }
  }

  @inline(__always)
  private func price(at second: Int, _ weight: (Int, Int) -> Int) -> Paise {
    let spot = spot(at: second, weight)
    return contract?.price(spot: spot, on: day, at: second) ?? spot
  }

  @inline(__always)
  private func spot(at second: Int, _ weight: (Int, Int) -> Int) -> Paise {
    let into = second - SessionDays.open
    if into <= 0 { return first }
    if into >= SessionDays.length { return last }
    let straight =
      first.count + (last.count - first.count) * Int64(into) / Int64(SessionDays.length)
    let bent = straight + first.count * bridge(into, weight) / 1_000_000
    let price = Paise(bent).rounded(toTick: tick)
    return min(max(price, range.lowerBound), range.upperBound)
  }

  /// The deviation from the straight line, in millionths of the price. At each level the day is
  /// halved again, and one hat-shaped function, the one over this second, adds its share.
  @inline(__always)
  private func bridge(_ into: Int, _ weight: (Int, Int) -> Int) -> Int64 {
    let resolution = 20
    let position = (into << resolution) / SessionDays.length
    var (sum, level) = (0, 0)
    while level < DayPath.levels {
      let shift = resolution - level
      let width = 1 << shift
      let cell = position >> shift
      let inside = position & (width - 1)
      let height = (inside * 2 < width ? inside : width - inside) * 2
      let share = weight(level, cell) * height
      // Division by `width`, towards nought; as a shift, because a session has 22,500 seconds.
      sum += (share + (share >> 63 & (width - 1))) >> shift
      level += 1
    }
    return Int64(sum)
  }

  private func weight(_ level: Int, _ cell: Int) -> Int {
    DayPath.deviations[level] * noise.normalThousandths(level << 20 | cell) / 1000
  }

  private static let levels = 15

  /// Standard deviations by level: a Brownian bridge of 0.9 percent a day.
  private static let deviations = [
    4500, 3182, 2250, 1591, 1125, 795, 562, 398, 281, 199, 141, 99, 70, 50, 35,
  ]
}
