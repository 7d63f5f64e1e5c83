package import Desk
import HTTPTypes
import Glibc
import Hummingbird
import HummingbirdCore
package import JobStore
package import Jobs
package import Logging
import NIOCore
import ServiceLifecycle
import TradingTime

/// The HTTP face: health, metrics, the API and the page.
///
/// It answers from the tables and from the runner's report and asks nothing of the runner itself,
/// so that a hanging runner can be seen and a missing database does not silence it.
package struct StatusServer: Service, CustomStringConvertible {
  let configuration: StatusConfiguration
  let store: JobStore
  let workshop: Workshop
  let desk: DeskFace?
  let signIns: SignIns
  let report: @Sendable () -> RunnerReport
  let almanac: @Sendable () -> Almanac
  let market: @Sendable () -> FeedStatus?
  let onListening: @Sendable (Int) -> Void
  let logger: Logger
  let board = SnapshotBoard()
  let feed: LiveFeed

  /// ServiceLifecycle logs its services by their descriptions.
  package var description: String { "status server" }

  /// - Parameters:
  ///   - workshop: for deciding the slots of a pause before it ends.
  ///   - desk: nil leaves out the routes of accounts, positions and the day's end.
  ///   - broker: asked only who is signed in.
  ///   - market: how the feed of prices is doing; nil where there is none.
  ///   - onListening: told the port once it is open.
  package init(
    _ configuration: StatusConfiguration, store: JobStore, workshop: Workshop = Workshop(),
    desk: DeskFace? = nil, broker: (any Desk.Broker)? = nil,
    report: @escaping @Sendable () -> RunnerReport, almanac: @escaping @Sendable () -> Almanac,
    market: @escaping @Sendable () -> FeedStatus? = { nil },
    logger: Logger = Logger(label: "status"),
    onListening: @escaping @Sendable (Int) -> Void = { _ in }
  ) {
    self.configuration = configuration
    self.store = store
    self.workshop = workshop
    self.desk = desk
    signIns = SignIns(broker: broker)
    self.report = report
    self.almanac = almanac
    self.market = market
    self.onListening = onListening
    // Hummingbird tells every connection at `info`; that is no news.
    var logger = logger
    logger.logLevel = max(logger.logLevel, .notice)
    self.logger = logger
    feed = LiveFeed(limit: configuration.maxStreams)
  }

  /// Serves until it is told to stop.
  ///
  /// - Throws: `StatusServerError` if it cannot listen.
  package func run() async throws {
    let tokens = configuration.readTokens + configuration.operatorTokens
    guard configuration.isLoopback || !tokens.isEmpty else {
      throw StatusServerError.needsReadToken(host: configuration.host)
    }
    do {
      try await application.run()
    } catch let error as IOError {
      let (host, port) = (configuration.host, configuration.port)
      guard error.errnoCode == EADDRINUSE else {
        throw StatusServerError.addressUnusable(
          host: host, port: port, reason: String(cString: strerror(error.errnoCode)))
      }
      throw StatusServerError.addressTaken(host: host, port: port)
    } catch let error as SocketAddressError {
      throw StatusServerError.addressUnusable(
        host: configuration.host, port: configuration.port, reason: "\(error)")
    }
  }

  private var application: some ApplicationProtocol {
    let limits = HTTP1Channel.Configuration(
      idleTimeout: .nanoseconds(configuration.idleLimit.microseconds * 1000),
      httpDecoderConfiguration: .init(
        maxHeaderFieldSize: StatusConfiguration.maxHeaderBytes,
        maxHeaderListSize: StatusConfiguration.maxHeaderBytes, maxHeaderFieldCount: 100))
    var settings = ApplicationConfiguration(
      address: .hostname(configuration.host, port: configuration.port), serverName: nil)
    settings.availableConnectionsDelegate = MaximumAvailableConnections(
      configuration.maxConnections, logger: logger)
    return Application(
      router: router(), server: .http1(configuration: limits), configuration: settings,
      services: [poller],
      onServerRunning: { [onListening] channel in
        onListening(channel.localAddress?.port ?? 0)
      }, logger: logger)
  }

  private var poller: Poller {
    Poller(
      store: store, desk: desk, signIns: signIns, almanac: almanac, board: board, feed: feed,
      publish: { [feed, document = document(isForPage: true)] in
        if let event = try? EventRoutes.event(document()) { feed.publish(event) }
      })
  }

  func document(isForPage: Bool) -> @Sendable () -> StatusDocument {
    { [board, report, almanac, market] in
      StatusDocument(
        board.snapshot, report: report(), zone: almanac().homeZone.name, market: market(),
        isForPage: isForPage)
    }
  }
}
