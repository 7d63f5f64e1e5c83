package import HTTPClient
package import Jobs
package import TradingTime

/// How alarms are raised and said; made by whoever reads the configuration.
package struct AlarmSettings: Sendable {
  package var limits = AlarmLimits()
  package var manners = AlarmBook.Manners()
  /// The ways alarms are said.
  package var ways: [AlarmWay] = []
  package var heartbeat: HeartbeatSettings?
  /// Who speaks: `paper on desk-1`.
  package var place = "muhurat"
  package var zone = ZoneRules.utc
  /// How often the tables are read, and how often this process looks at itself.
  package var readEvery = Duration.seconds(5)
  package var lookEvery = Duration.seconds(1)
  /// The first pause after a failed attempt to send; each later one is twice as long.
  package var firstPause = Duration.seconds(5)
  package var longestPause = Duration.seconds(300)
  /// Word that has not got through for so long is given up.
  package var giveUpAfter = Duration.seconds(86_400)

  package init() {}

  var channels: [AlertChannel] { ways.map(\.channel) }

  func pause(afterFailures count: Int) -> Duration {
    min(longestPause, firstPause * Double(1 << min(max(count - 1, 0), 16)))
  }
}

/// Where this process shows the world outside that it lives.
package struct HeartbeatSettings: Sendable {
  /// Whoever knows it can show life in our name.
  package var url: Secret
  package var every: Duration
  package var client: WebClient

  package init(url: Secret, every: Duration, client: WebClient) {
    self.url = url
    self.every = every
    self.client = client
  }
}
