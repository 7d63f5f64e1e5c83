import Testing

@testable import muhurat

@Suite(.timeLimit(.minutes(10))) struct `The feed's address` {
  @Test(arguments: [
    ("https://api.sharekhan.com/skapi", "wss://stream.sharekhan.com/skstream/api/stream"),
    ("http://127.0.0.1:9000/skapi", "ws://127.0.0.1:9000/skstream/api/stream"),
    ("https://broker.example.com/skapi", "wss://broker.example.com/skstream/api/stream"),
    ("https://broker.example.com", "wss://broker.example.com/skstream/api/stream"),
  ]) func `is beside the broker's own, so that no token goes to a host nobody named`(
    _ url: String, _ expected: String
  ) {
    #expect(Configuration.feedURL(beside: url) == expected)
  }

  @Test func `is switched by the environment, and by nothing else than on and off`() throws {
    var configuration = Configuration()
    #expect(configuration.broker.hasFeed && !configuration.broker.followsDepth)
    try configuration.override(from: [
      "MUHURAT_BROKER_FEED": "off", "MUHURAT_BROKER_FEED_URL": "wss://feed.example.com/x",
      "MUHURAT_BROKER_DEPTH": "on",
    ])
    #expect(!configuration.broker.hasFeed && configuration.broker.followsDepth)
    #expect(configuration.broker.feedURL == "wss://feed.example.com/x")
    #expect(throws: ConfigurationProblem.self) {
      try configuration.override(from: ["MUHURAT_BROKER_FEED": "true"])
    }
  }
}
