import Desk
import TradingTime

/// What the environment says instead of the file.
extension Configuration {
  /// `MUHURAT_` and the key in capitals; a value that does not fit is refused, never defaulted.
  mutating func override(from environment: [String: String]) throws(ConfigurationProblem) {
    for override in Self.overrides {
      let name = "MUHURAT_" + override.key.uppercased().replacing(".", with: "_")
      guard let text = environment[name], !text.isEmpty else { continue }
      guard override.apply(&self, text) else {
        throw ConfigurationProblem("\(name) is '\(text)'; wanted \(override.wanted)")
      }
      origins[override.key] = name
    }
    if origins["database.url"]?.hasPrefix("MUHURAT_") != true,
      let url = environment["DATABASE_URL"], !url.isEmpty
    {
      database.url = url
      origins["database.url"] = "DATABASE_URL"
    }
  }

  private struct Override: Sendable {
    let key: String
    let wanted: String
    let apply: @Sendable (inout Configuration, String) -> Bool
  }

  private static let overrides: [Override] = [
    Override(key: "mode", wanted: "live or paper") { configuration, text in
      guard let mode = Mode(rawValue: text) else { return false }
      configuration.mode = mode
      return true
    },
    text("database.url", \.database.url),
    number("database.connections", 1...100, \.database.connections),
    Override(key: "database.pooled", wanted: "true or false") { configuration, text in
      guard let isPooled = Bool(text) else { return false }
      configuration.database.isPooled = isPooled
      return true
    },
    text("timezone", \.timezone),
    Override(key: "business_day_start", wanted: "a time such as 06:00") { configuration, text in
      guard let time = TimeOfDay(text) else { return false }
      configuration.businessDayStart = time
      return true
    },
    text("calendars", \.calendars),
    number("runner.concurrency", 1...1000, \.runner.concurrency),
    span("runner.drain", \.runner.drain),
    Override(key: "alarms.remind", wanted: "a duration such as 4h, or off") { configuration, text in
      if text == "off" {
        configuration.alarms.remind = nil
        return true
      }
      guard let span = try? Duration(spelling: text) else { return false }
      configuration.alarms.remind = span
      return true
    },
    span("alarms.sign_in", \.alarms.signIn),
    span("alarms.heartbeat.every", \.alarms.heartbeatEvery),
    text("status.listen", \.status.listen),
    text("broker.url", \.broker.url),
    text("broker.proxy", \.broker.proxy),
    number("broker.reads_per_second", 1...1000, \.broker.readsPerSecond),
    number("broker.orders_per_second", 1...10, \.broker.ordersPerSecond),
    onOrOff("broker.feed", \.broker.hasFeed),
    onOrOff("broker.depth", \.broker.followsDepth),
    text("broker.feed_url", \.broker.feedURL),
    text("credentials", \.credentials),
    text("runtime", \.runtime),
    text("reports.directory", \.reports.directory),
  ]

  private static func onOrOff(
    _ key: String, _ path: any (WritableKeyPath<Configuration, Bool> & Sendable)
  ) -> Override {
    Override(key: key, wanted: "on or off") { configuration, text in
      guard text == "on" || text == "off" else { return false }
      configuration[keyPath: path] = text == "on"
      return true
    }
  }

  private static func text(
    _ key: String, _ path: any (WritableKeyPath<Configuration, String> & Sendable)
  ) -> Override {
    Override(key: key, wanted: "a text") { configuration, text in
      configuration[keyPath: path] = text
      return true
    }
  }

  private static func text(
    _ key: String, _ path: any (WritableKeyPath<Configuration, String?> & Sendable)
  ) -> Override {
    Override(key: key, wanted: "a text") { configuration, text in
      configuration[keyPath: path] = text
      return true
    }
  }

  private static func span(
    _ key: String, _ path: any (WritableKeyPath<Configuration, Duration> & Sendable)
  ) -> Override {
    Override(key: key, wanted: "a duration such as 30s") { configuration, text in
      guard let span = try? Duration(spelling: text), span > .zero else { return false }
      configuration[keyPath: path] = span
      return true
    }
  }

  private static func number(
    _ key: String, _ range: ClosedRange<Int>,
    _ path: any (WritableKeyPath<Configuration, Int> & Sendable)
  ) -> Override {
    Override(key: key, wanted: "a number from \(range.lowerBound) to \(range.upperBound)") {
      configuration, text in
      guard let number = Int(text), range.contains(number) else { return false }
      configuration[keyPath: path] = number
      return true
    }
  }
}
