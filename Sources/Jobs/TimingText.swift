import TradingTime

/// Stored as it is written in a job file, for whoever reads `jobs.job` with `psql`.
extension Schedule.Timing: Codable {
  private enum Key: String, CodingKey {
    case every, at, cron
  }

  package init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: Key.self)
    if let interval = try keys.decodeIfPresent(Spelled.self, forKey: .every) {
      self = .every(interval)
    } else if let expression = try keys.decodeIfPresent(CronExpression.self, forKey: .cron) {
      self = .cron(expression)
    } else {
      let text = try keys.decode(String.self, forKey: .at)
      if let time = TimeOfDay(text) {
        self = .at(time)
      } else if let moment = MarketMoment(text) {
        self = .atMarket(moment)
      } else {
        throw DecodingError.dataCorruptedError(
          forKey: .at, in: keys, debugDescription: "'\(text)' is neither a time nor a moment")
      }
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: Key.self)
    switch self {
    case .every(let interval): try keys.encode(interval, forKey: .every)
    case .cron(let expression): try keys.encode(expression, forKey: .cron)
    case .at(let time): try keys.encode(time.description, forKey: .at)
    case .atMarket(let moment): try keys.encode(moment.words, forKey: .at)
    }
  }
}

extension MarketMoment {
  /// `open`, `close+15m`, `close-1h30m`.
  package init?(_ text: String) {
    for edge in [Edge.open, .close] where text.hasPrefix(edge.rawValue) {
      let rest = text.dropFirst(edge.rawValue.count)
      if rest.isEmpty {
        self.init(edge: edge, offset: .zero)
        return
      }
      guard let sign = rest.first, sign == "+" || sign == "-",
        let span = try? Duration(spelling: String(rest.dropFirst())),
        span.components.attoseconds == 0
      else { return nil }
      self.init(edge: edge, offset: sign == "+" ? span : .zero - span)
      return
    }
    return nil
  }
}
