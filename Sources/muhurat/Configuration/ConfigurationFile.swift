import Desk
import JobFiles
import TradingTime
import YAML

/// Reads `muhurat.yaml`, with the same care as a job file.
enum ConfigurationFile {
  static func read(_ bytes: [UInt8], name: String) throws(Problems) -> Configuration {
    try YAMLFile.read(bytes, name: name) { file in
      file.mapping { keys in
        var reading = Reading(file: name, keys: keys)
        reading.top()
        return reading.configuration
      }
    }
  }

  /// Reads one mapping after the other into the configuration, noting the line of each value.
  private struct Reading {
    let file: String
    let keys: MappingReader
    var configuration = Configuration()

    mutating func top() {
      take(
        "mode", from: keys, { $0.word(of: Mode.allCases.map { ($0.rawValue, $0) }) }, into: \.mode)
      take("timezone", from: keys, { $0.string() }, into: \.timezone)
      take("business_day_start", from: keys, { $0.timeOfDay() }, into: \.businessDayStart)
      take("calendars", from: keys, { $0.string() }, into: \.calendars)
      take("credentials", from: keys, { $0.string() }, into: \.credentials)
      take("runtime", from: keys, { $0.string() }, into: \.runtime)
      section("database") { reading, keys in
        reading.take("url", of: "database", from: keys, { $0.string() }, into: \.database.url)
        reading.take(
          "connections", of: "database", from: keys, { $0.int(in: 1...100) },
          into: \.database.connections)
        reading.take("pooled", of: "database", from: keys, { $0.bool() }, into: \.database.isPooled)
      }
      section("runner") { reading, keys in
        reading.take(
          "concurrency", of: "runner", from: keys, { $0.int(in: 1...1000) },
          into: \.runner.concurrency)
        reading.take("drain", of: "runner", from: keys, { $0.duration() }, into: \.runner.drain)
      }
      section("status") { reading, keys in
        reading.take("listen", of: "status", from: keys, { $0.string() }, into: \.status.listen)
      }
      section("broker") { reading, keys in
        reading.take("url", of: "broker", from: keys, { $0.string() }, into: \.broker.url)
        reading.take("proxy", of: "broker", from: keys, { $0.string() }, into: \.broker.proxy)
        reading.take(
          "reads_per_second", of: "broker", from: keys, { $0.int(in: 1...1000) },
          into: \.broker.readsPerSecond)
        reading.take(
          "orders_per_second", of: "broker", from: keys, { $0.int(in: 1...10) },
          into: \.broker.ordersPerSecond)
        reading.take(
          "feed", of: "broker", from: keys, { $0.word(of: [("on", true), ("off", false)]) },
          into: \.broker.hasFeed)
        reading.take(
          "depth", of: "broker", from: keys, { $0.word(of: [("on", true), ("off", false)]) },
          into: \.broker.followsDepth)
        reading.take("feed_url", of: "broker", from: keys, { $0.string() }, into: \.broker.feedURL)
      }
      section("reports") { reading, keys in
        reading.take(
          "directory", of: "reports", from: keys, { $0.string() }, into: \.reports.directory)
        reading.take("mail", of: "reports", from: keys, Self.mail, into: \.reports.mail)
      }
      section("alarms") { reading, keys in reading.alarms(keys) }
    }

    private mutating func alarms(_ keys: MappingReader) {
      take("remind", of: "alarms", from: keys, Self.spanOrOff, into: \.alarms.remindOrOff)
      take("sign_in", of: "alarms", from: keys, { $0.duration() }, into: \.alarms.signIn)
      take("mail", of: "alarms", from: keys, Self.mail, into: \.alarms.mail)
      section("webhook", in: keys) { reading, keys in
        reading.take(
          "url", of: "alarms.webhook", from: keys, { $0.string() }, into: \.alarms.webhook)
      }
      section("heartbeat", in: keys) { reading, keys in
        reading.take(
          "url", of: "alarms.heartbeat", from: keys, { $0.string() }, into: \.alarms.heartbeat)
        reading.take(
          "every", of: "alarms.heartbeat", from: keys, { $0.positiveDuration() },
          into: \.alarms.heartbeatEvery)
      }
    }

    private static func spanOrOff(_ reader: Reader) -> Configuration.SpanOrOff? {
      if reader.scalarText == "off" { return .off }
      return reader.positiveDuration().map { .every($0) }
    }

    private mutating func section(
      _ key: String, in outer: MappingReader? = nil,
      _ read: (inout Reading, MappingReader) -> Void
    ) {
      var copy = self
      let keys = outer ?? self.keys
      _ = keys.optional(key) { reader in
        reader.mapping { keys -> Bool? in
          read(&copy, keys)
          return true
        }
      }
      self = copy
    }

    private mutating func take<Value>(
      _ key: String, of section: String? = nil, from keys: MappingReader,
      _ read: (Reader) -> Value?, into path: WritableKeyPath<Configuration, Value>
    ) {
      guard
        let found = keys.optional(key, { reader in read(reader).map { ($0, reader.node.mark) } })
      else { return }
      configuration[keyPath: path] = found.0
      note(key, section, found.1)
    }

    private mutating func take<Value>(
      _ key: String, of section: String? = nil, from keys: MappingReader,
      _ read: (Reader) -> Value?, into path: WritableKeyPath<Configuration, Value?>
    ) {
      guard
        let found = keys.optional(key, { reader in read(reader).map { ($0, reader.node.mark) } })
      else { return }
      configuration[keyPath: path] = found.0
      note(key, section, found.1)
    }

    private mutating func note(_ key: String, _ section: String?, _ mark: Mark) {
      let name = [section, key].compactMap { $0 }.joined(separator: ".")
      configuration.origins[name] = "\(file):\(mark.line)"
    }

    private static func mail(_ reader: Reader) -> Configuration.MailKeys? {
      reader.mapping { keys in
        var mail = Configuration.MailKeys()
        mail.user = keys.optional("user") { $0.string() }
        guard let server = keys.required("server", { $0.string() }),
          let from = keys.required("from", { $0.string() }),
          let to = keys.required("to", { $0.oneOrMore { $0.string() } })
        else { return nil }
        mail.server = server
        mail.from = from
        mail.to = to
        return mail
      }
    }
  }
}
