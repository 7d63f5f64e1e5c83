import TradingTime

/// Schedules said as a person would say them.
extension Schedule {
  package var words: String {
    [timingWords, windowWords].compactMap { $0 }.joined(separator: ", ")
  }

  private var timingWords: String {
    let place = timezone.map { " \($0)" } ?? ""
    return switch timing {
    case .every(let interval): "every \(interval.wrappedValue.spelled)"
    case .at(let time): "daily at \(time)\(place)"
    case .atMarket(let moment): "at \(moment.words)"
    case .cron(let expression): "cron \(expression.text)\(place)"
    }
  }

  private var windowWords: String? {
    guard let during else { return nil }
    let phases = during.phases.map(\.rawValue).joined(separator: ", ")
    var words =
      phases.isEmpty ? "on days \(during.market) trades" : "while \(during.market) is in \(phases)"
    if let from = during.from { words += ", from \(from.words)" }
    if let until = during.until { words += ", until \(until.words)" }
    return words
  }
}

extension Work {
  /// What the job does, for a listing.
  package var words: String {
    switch self {
    case .unit(let name): name
    case .command(let words): "command \(words.joined(separator: " "))"
    case .sql(let path, _): "sql \(path)"
    case .http(let call): "http \(call.method)"
    }
  }
}
