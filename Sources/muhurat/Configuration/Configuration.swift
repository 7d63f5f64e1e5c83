import Desk
import TradingTime

/// Everything that is configured, with where each value came from.
struct Configuration: Sendable {
  var mode = Mode.paper
  var database = DatabaseSettings()
  var timezone = "Asia/Kolkata"
  var businessDayStart = TimeOfDay.businessDayStart
  /// A folder of calendars, one file a market.
  var calendars = "calendars"
  var runner = RunnerKeys()
  var status = StatusKeys()
  var broker = BrokerKeys()
  /// A folder of secrets, one file each.
  var credentials = "/etc/muhurat/credentials"
  /// Where the day's sign-ins live.
  var runtime = "/run/muhurat"
  var reports = ReportKeys()
  var alarms = AlarmKeys()
  /// Where a value came from, by key; keys that are not here have their default.
  var origins: [String: String] = [:]

  struct DatabaseSettings: Sendable {
    /// Empty: libpq's own PG… variables.
    var url = ""
    var connections = 8
    /// Between us and the database stands a pooler in transaction mode.
    var isPooled = false
  }

  struct RunnerKeys: Sendable {
    var concurrency = 32
    var drain = Duration.seconds(30)
  }

  struct StatusKeys: Sendable {
    /// `address:port`, or `off`.
    var listen = "127.0.0.1:8420"
  }

  struct BrokerKeys: Sendable {
    var url = "https://api.sharekhan.com/skapi"
    var proxy: String?
    var readsPerSecond = 5
    /// For each account and exchange.
    var ordersPerSecond = 3
    /// Whether prices come by the feed; otherwise by asking for candles alone.
    var hasFeed = true
    /// Whether the feed follows order books too, and not only their best prices.
    var followsDepth = false
    /// Nil: beside `url`.
    var feedURL: String?
  }

  struct ReportKeys: Sendable {
    var directory = "/var/lib/muhurat/reports"
    var mail: MailKeys?
  }

  /// Addresses here are for those that are no secret; a secret of the same name goes before.
  struct AlarmKeys: Sendable {
    /// Nil: what still stands is not said again.
    var remind: Duration? = .seconds(4 * 3600)
    /// How long before the open an account must be signed in.
    var signIn = Duration.seconds(45 * 60)
    /// Nil: the way reports go.
    var mail: MailKeys?
    var webhook: String?
    var heartbeat: String?
    var heartbeatEvery = Duration.seconds(60)
  }

  /// The feed's address. The broker's own feed is on a host of its own; anybody else's is taken to
  /// be where the rest of theirs is, so that no token goes to a host that was not named.
  static func feedURL(beside url: String) -> String {
    if url == BrokerKeys().url { return "wss://stream.sharekhan.com/skstream/api/stream" }
    guard let scheme = url.firstRange(of: "://") else { return url }
    let host = url[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" }
    return (url.hasPrefix("http:") ? "ws://" : "wss://") + host + "/skstream/api/stream"
  }

  enum SpanOrOff: Sendable {
    case every(Duration)
    case off
  }

  struct MailKeys: Sendable {
    var server = ""
    var user: String?
    var from = ""
    var to: [String] = []
  }
}

extension Configuration.AlarmKeys {
  /// As it is written: a span, or `off`.
  var remindOrOff: Configuration.SpanOrOff {
    get { remind.map { .every($0) } ?? .off }
    set { if case .every(let span) = newValue { remind = span } else { remind = nil } }
  }
}

/// A configuration that cannot be used: exit code 78, with place, value and way out.
struct ConfigurationProblem: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
