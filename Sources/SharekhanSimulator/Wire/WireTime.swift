import TradingTime

/// The many ways in which the broker writes one moment.
extension MarketTime {
  /// `2025-10-28T14:52:32+05:30`, in envelopes.
  var envelope: String { "\(date)T\(clock)+05:30" }

  /// `2025-10-28 12:44:40.0`, in book rows: whole seconds with a decimal that says nothing.
  var row: String { "\(date) \(clock).0" }

  /// `2025-10-28 12:44:40`, in the day book.
  var bookRow: String { "\(date) \(clock)" }

  /// `28/10/2025 12:44:40`
  var dayFirst: String { "\(date.dayFirst) \(clock)" }

  /// `03/02/2021 11:29:59`: the second of March, in quotes. Order acknowledgements on the same
  /// socket put the day first.
  var monthFirst: String { "\(two(date.month))/\(two(date.day))/\(date.year) \(clock)" }

  /// `12/8/2023 12:10:48 PM`, in quotes of indices: the eighth of December.
  var twelveHours: String {
    let hour = second / 3600
    let shown = hour % 12 == 0 ? 12 : hour % 12
    return "\(date.month)/\(date.day)/\(date.year) \(shown):\(two(second / 60 % 60)):"
      + "\(two(second % 60)) \(hour < 12 ? "AM" : "PM")"
  }

  /// `8/9/2025`, in candles: day first, nothing padded.
  var candleDate: String { "\(date.day)/\(date.month)/\(date.year)" }

  /// `09:04:59`
  var clock: String {
    "\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60))"
  }

  /// The exchange's clock in order numbers: nanoseconds since 1980-01-01 00:00 in India.
  var nanosecondsSince1980: Int64 {
    (Int64(day - 3652) * 86_400_000_000 + microsecondOfDay) * 1000
  }
}

extension CivilDate {
  /// `28/10/2025`
  var dayFirst: String { "\(two(day))/\(two(month))/\(year)" }

  /// `28Oct2025`
  var dayAndName: String {
    let names = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    return "\(two(day))\(names[month - 1])\(year)"
  }
}

private func two(_ number: Int) -> String {
  number < 10 ? "0\(number)" : "\(number)"
}
