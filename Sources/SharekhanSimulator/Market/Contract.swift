import TradingTime

/// What makes a future or an option of a share or of the index. The code says it all, so that a
/// contract of any month can be told from its code without a list.
struct Contract: Sendable, Hashable {
  enum Right: String, Sendable, CaseIterable { case call = "CE", put = "PE" }

  /// NSE's code of the share, or the index's.
  let underlying: Int
  let isOnIndex: Bool
  /// The day of its last session.
  let expiry: Int
  /// Nil for a future.
  let option: Option?
  let lot: Int

  struct Option: Sendable, Hashable {
    let right: Right
    let strike: Paise
  }

  var type: String { (option == nil ? "F" : "O") + (isOnIndex ? "I" : "S") }
  var right: String { option?.right.rawValue ?? "XX" }
  var strike: Paise { option?.strike ?? Paise(0) }

  /// From the price of what it is on, without arbitrage to be had: a future costs interest, an
  /// option its worth if used now and something for the time left. No model of anyone's; it only has
  /// to move the way options move.
  func price(spot: Paise, on day: Int, at second: Int) -> Paise {
    let left = max(0, (expiry - day) * 86_400 + SessionDays.close - min(second, SessionDays.close))
    guard let option else {
      let interest = spot.count * 65 * Int64(left) / 31_536_000 / 1000
      return (spot + Paise(interest)).rounded(toTick: 10)
    }
    let away = spot.count - option.strike.count
    let worth = max(0, option.right == .call ? away : -away)
    let root = Int64(Double(left * 1_000_000 / 31_536_000).squareRoot())
    let spread = max(1, spot.count * (isOnIndex ? 64 : 112) * root / 1_000_000)
    let time = left == 0 ? 0 : spread * spread / (spread + abs(away))
    return Paise(max(5, worth + time)).rounded(toTick: 5)
  }
}

/// The months in which contracts end.
enum Expiries {
  /// The three contracts that trade on `day`, nearest first, as months since 2020-01.
  static func months(on day: Int, _ days: SessionDays) -> [Int] {
    let date = CivilDate(daysSinceEpoch: day)
    let month = (date.year - 2020) * 12 + date.month - 1
    let first = last(of: month, days) < day ? month + 1 : month
    return [first, first + 1, first + 2]
  }

  /// The month's last Tuesday (Thursday before September 2025), or the session before it.
  static func last(of month: Int, _ days: SessionDays) -> Int {
    let next = month + 1
    let first = CivilDate(year: 2020 + next / 12, month: next % 12 + 1, day: 1)
    // Monday is 0; 1970-01-01 was a Thursday.
    let wanted = month < 68 ? 3 : 1
    var day = (first?.daysSinceEpoch ?? 0) - 1
    while (day + 3) % 7 != wanted { day -= 1 }
    return days.isSession(day) ? day : days.previous(to: day)
  }
}
