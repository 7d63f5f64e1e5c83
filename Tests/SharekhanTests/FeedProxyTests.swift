import Desk
import Glibc
import HTTPClient
import Support
import Testing
import Threads

@testable import Sharekhan

/// Port 9 stands for the broker's: nothing answers there, so what arrives came through the proxy.
@Suite(.timeLimit(.minutes(10)))
struct `The feed behind a proxy` {
  private let directory: ScratchDirectory
  private let reliance = InstrumentKey(exchange: "NC", scripCode: 2885)

  init() throws {
    directory = try ScratchDirectory()
    try SignInStore(directory: directory.path).keep(signedIn(), for: "asha")
  }

  private func following(
    _ url: String, by proxy: String, trust: String? = nil,
    _ body: (SharekhanFeed, Signal<FeedDelivery>) async throws -> Void
  ) async throws {
    let address: ProxyAddress = try #require(ProxyAddress(proxy))
    var settings = FeedSettings(
      url: url, proxy: address, connectTimeLimit: .seconds(20),
      trust: trust)
    settings.pace = .milliseconds(5)
    settings.backoff = FeedBackoff(first: .milliseconds(2), longest: .milliseconds(20))
    let feed = try SharekhanFeed(settings, client: client("http://127.0.0.1:9/skapi", directory))
    feed.follow(FeedWish(accounts: [asha], keys: [reliance]))
    let delivered = Signal("a delivery of the feed", of: FeedDelivery.self)
    let work = Task { await feed.run { delivered.fire($0) } }
    defer { work.cancel() }
    try await body(feed, delivered)
  }

  private static let script: FeedServer.Script = { visit in
    try await visit.say(#"{"status":100,"message":"connect","data":"Connected 0-0"}"#)
    _ = try await visit.hear(1)
    try await visit.say(
      #"{"status":100,"message":"subscribe","data":"success FEED,success ACK"}"#)
    _ = try await visit.hear(2)
    try await visit.say(
      #"{"status":100,"message":"feed","data":{"exchangeCode":"NC","scripCode":2885,"ltp":7.5}}"#)
    try await visit.hear { _ in }
  }

  private func last(_ delivery: FeedDelivery) -> String? {
    if case .ticks(let ticks) = delivery { ticks.first?.last?.description } else { nil }
  }

  @Test func `asks it for the broker's host and nothing else, and prices flow`() async throws {
    let server = try await FeedServer(script: Self.script)
    let proxy = try await ConnectProxy(to: server.port)
    try await following(
      "ws://127.0.0.1:9/skstream/api/stream", by: "http://desk:s%40cret@127.0.0.1:\(proxy.port)"
    ) { _, delivered in
      let delivery = try await delivered.wait()
      #expect(last(delivery) == "7.5")
    }
    #expect(
      proxy.asked.first == [
        "CONNECT 127.0.0.1:9 HTTP/1.1", "Host: 127.0.0.1:9",
        "Proxy-Authorization: Basic ZGVzazpzQGNyZXQ=",
      ])
  }

  @Test func `speaks TLS with the broker, behind the proxy's back`() async throws {
    let server = try await FeedServer(security: FeedCertificate.server(), script: Self.script)
    let proxy = try await ConnectProxy(to: server.port)
    let trust = "\(directory.path)/trusted.pem"
    let file = try #require(fopen(trust, "w"))
    fputs(FeedCertificate.certificate, file)
    fclose(file)
    try await following(
      "wss://localhost:9/skstream/api/stream", by: "127.0.0.1:\(proxy.port)", trust: trust
    ) { _, delivered in
      let delivery = try await delivered.wait()
      #expect(last(delivery) == "7.5")
    }
    #expect(proxy.asked.first == ["CONNECT localhost:9 HTTP/1.1", "Host: localhost:9"])
  }

  @Test(arguments: [
    (
      "desk:s3cret@", "407 Proxy Authentication Required",
      "(407: it asks for another user and password)"
    ),
    ("", "407 Proxy Authentication Required", "(407: it asks for a user and password)"),
    ("desk:s3cret@", "403 Forbidden", "(403)"),
  ])
  func `is told what the proxy refused, without the password`(
    _ credentials: String, _ status: String, _ why: String
  ) async throws {
    let proxy = try await ConnectProxy(to: 9, answering: status)
    try await following(
      "ws://127.0.0.1:9/x", by: "http://\(credentials)127.0.0.1:\(proxy.port)"
    ) { feed, _ in
      try await eventually("the refusal") { feed.report.counts.losses >= 1 }
      #expect(
        feed.report.oddities.last?.what
          == "asha/1: the feed cannot be reached: the proxy 127.0.0.1:\(proxy.port) refused the way "
          + "to 127.0.0.1:9 \(why)")
      #expect(!"\(feed.report)".contains("s3cret"))
    }
  }

  @Test func `says that the proxy is away`() async throws {
    try await following("ws://127.0.0.1:9/x", by: "http://desk:s3cret@127.0.0.1:9") { feed, _ in
      try await eventually("the failure") { feed.report.counts.losses >= 1 }
      let told = feed.report.oddities.last?.what ?? ""
      #expect(
        told.hasPrefix("asha/1: the feed cannot be reached: the proxy 127.0.0.1:9: "), "\(told)")
      #expect(!told.contains("s3cret"))
    }
  }

  @Test func `sends no token in clear to a proxy of another machine`() throws {
    let broker = try client("http://127.0.0.1:9/skapi", directory)
    func open(_ url: String, by proxy: String) -> String? {
      do {
        _ = try SharekhanFeed(FeedSettings(url: url, proxy: ProxyAddress(proxy)), client: broker)
        return nil
      } catch {
        return "\(error)"
      }
    }
    #expect(
      open("ws://127.0.0.1:9/x", by: "http://desk:s3cret@proxy.lan:3128")
        == "without TLS the token would be read on the way to the proxy proxy.lan:3128; use wss://")
    #expect(open("ws://127.0.0.1:9/x", by: "localhost:3128") == nil)
    #expect(open("wss://stream.example.com/x", by: "proxy.lan:3128") == nil)
  }

  @Test(arguments: [
    ("http://127.0.0.1:3128", "127.0.0.1:3128 -"), ("proxy.lan:3128", "proxy.lan:3128 -"),
    ("http://proxy.lan", "proxy.lan:1080 -"), ("http://[::1]:8080", "[::1]:8080 -"),
    ("http://desk:s%40cret@proxy.lan:3128", "proxy.lan:3128 desk:s@cret"),
    ("http://desk@proxy.lan:3128/", "proxy.lan:3128 desk:"),
    ("https://proxy.lan:3128", "-"), ("socks5://proxy.lan:1080", "-"), ("", "-"),
  ])
  func `reads its address as libcurl does`(_ url: String, _ expected: String) {
    let found = ProxyAddress(url).map { "\($0) \($0.credentials?.reveal() ?? "-")" }
    #expect(found ?? "-" == expected)
  }
}
