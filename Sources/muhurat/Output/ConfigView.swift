import Desk
import Postgres
import TradingTime

struct ConfigEntry: Encodable {
  let key: String
  /// Nil where nothing is configured.
  let value: String?
  /// A file and line, a variable, an option, or `default`.
  let origin: String
}

/// The effective configuration, key by key as in the file. No password is in it, wherever it stood.
struct ConfigView {
  let entries: [ConfigEntry]

  init(_ configuration: Configuration, environment: [String: String]) {
    func entry(_ key: String, _ value: String?) -> ConfigEntry {
      ConfigEntry(key: key, value: value, origin: configuration.origins[key] ?? "default")
    }
    let broker = configuration.broker
    let alarms = configuration.alarms
    entries =
      [
        entry("mode", configuration.mode.rawValue),
        Self.database(configuration, environment),
        entry("database.connections", "\(configuration.database.connections)"),
        entry("database.pooled", "\(configuration.database.isPooled)"),
        entry("timezone", configuration.timezone),
        entry("business_day_start", "\(configuration.businessDayStart)"),
        entry("calendars", configuration.calendars),
        entry("runner.concurrency", "\(configuration.runner.concurrency)"),
        entry("runner.drain", configuration.runner.drain.spelled),
        entry("status.listen", configuration.status.listen),
        entry("broker.url", Self.withoutPassword(broker.url)),
        entry("broker.proxy", broker.proxy.map(Self.withoutPassword)),
        entry("broker.reads_per_second", "\(broker.readsPerSecond)"),
        entry("broker.orders_per_second", "\(broker.ordersPerSecond)"),
        entry("broker.feed", broker.hasFeed ? "on" : "off"),
        entry("broker.depth", broker.followsDepth ? "on" : "off"),
        entry(
          "broker.feed_url",
          Self.withoutPassword(broker.feedURL ?? Configuration.feedURL(beside: broker.url))),
        entry("credentials", configuration.credentials),
        entry("runtime", configuration.runtime),
        entry("reports.directory", configuration.reports.directory),
      ]
      + Self.mail("reports.mail", configuration.reports.mail, configuration)
      + [
        entry("alarms.remind", alarms.remind?.spelled ?? "off"),
        entry("alarms.sign_in", alarms.signIn.spelled),
        entry("alarms.webhook.url", alarms.webhook.map(Self.hostOnly)),
        entry("alarms.heartbeat.url", alarms.heartbeat.map(Self.hostOnly)),
        entry("alarms.heartbeat.every", alarms.heartbeatEvery.spelled),
      ] + Self.mail("alarms.mail", alarms.mail, configuration)
  }

  private static func mail(
    _ key: String, _ mail: Configuration.MailKeys?, _ configuration: Configuration
  ) -> [ConfigEntry] {
    [
      ("server", mail.map { withoutPassword($0.server) }), ("user", mail?.user),
      ("from", mail?.from), ("to", mail?.to.joined(separator: ", ")),
    ].map {
      ConfigEntry(
        key: "\(key).\($0.0)", value: $0.1, origin: configuration.origins[key] ?? "default")
    }
  }

  /// As libpq understands it, its `PG…` variables included.
  private static func database(
    _ configuration: Configuration, _ environment: [String: String]
  ) -> ConfigEntry {
    let url = configuration.database.url
    let isPG = url.isEmpty && environment.contains { $0.key.hasPrefix("PG") && !$0.value.isEmpty }
    let settings = try? ConnectionSettings(url: url.isEmpty ? nil : url)
    return ConfigEntry(
      key: "database.url", value: settings.map { "\($0)" } ?? "(cannot be read)",
      origin: configuration.origins["database.url"] ?? (isPG ? "PG… variables" : "default"))
  }

  /// `https://hooks.example.com/services/T0/B0/secret` as `https://hooks.example.com/…`: such a path
  /// is often a token.
  static func hostOnly(_ url: String) -> String {
    guard let scheme = url.firstRange(of: "://") else { return "…" }
    let host = url[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    let shown = withoutPassword(String(url[..<scheme.upperBound] + host))
    return host.endIndex == url.endIndex ? shown : shown + "/…"
  }

  /// `http://desk:secret@proxy:3128` as `http://…@proxy:3128`; also where the scheme is left out.
  static func withoutPassword(_ url: String) -> String {
    let start = url.firstRange(of: "://")?.upperBound ?? url.startIndex
    let rest = url[start...]
    let host = rest.prefix { $0 != "/" && $0 != "?" }
    guard let at = host.lastIndex(of: "@") else { return url }
    return url[..<start] + "…" + rest[at...]
  }
}
