package import Desk
import HTTPClient
import Threads
import TradingTime

extension SharekhanClient {
  /// The answer byte for byte, if the broker gave one with a status of success; all others go to
  /// `note` as they come, because what was refused is as much on record as what was not. Reads are
  /// repeated after passing faults, within the time limit and within the rate that all callers of
  /// this client share.
  package func fetch(
    _ book: Book, for account: Account, noting note: @Sendable (Setback) async throws -> Void
  ) async throws -> RawAnswer {
    let route = try Route(book, customerID: account.customerID)
    let limit = route.isLarge ? settings.masterTimeLimit : settings.readTimeLimit
    var read = Read(client: self, book: book, account: account, route: route, limit: limit)
    do {
      return try await read.repeatedly(note)
    } catch BrokerError.refused(status: 404, message: _) where route.otherPath != nil {
      read.route.path = route.otherPath ?? route.path
      return try await read.repeatedly(note)
    }
  }
}

/// One read with its repetitions.
private struct Read {
  typealias Note = @Sendable (Setback) async throws -> Void

  let client: SharekhanClient
  let book: Book
  let account: Account
  var route: Route
  let limit: Duration
  let deadline: Deadline

  init(client: SharekhanClient, book: Book, account: Account, route: Route, limit: Duration) {
    self.client = client
    self.book = book
    self.account = account
    self.route = route
    self.limit = limit
    deadline = .after(limit)
  }

  private var settings: SharekhanSettings { client.settings }
  private var path: String { "/services/\(route.path)" }
  private var request: String { "GET \(settings.basePath)\(path)" }

  func repeatedly(_ note: Note) async throws -> RawAnswer {
    var pause = settings.firstPause
    for _ in 1..<max(1, settings.readAttempts) {
      do {
        return try await once(note)
      } catch let error as BrokerError where error.isTransient {
        guard let left = deadline.remaining, left > pause else { throw error }
        try await note(.askedAgain(after: error))
      }
      try await SystemClock.sleep(for: pause)
      pause *= 2
    }
    return try await once(note)
  }

  private func once(_ note: Note) async throws -> RawAnswer {
    let keys = try client.keysForReading(account, withToken: route.needsToken)
    try await waitForPlace()
    let timeLimit = route.isLarge ? limit : settings.requestTimeLimit
    let request = WebRequest(
      url: settings.base + path, headers: keys.headers,
      timeLimit: min(timeLimit, deadline.remaining ?? timeLimit),
      connectTimeLimit: settings.connectTimeLimit, bodyLimit: 64 << 20)
    let requestedAt = client.now()
    let response: WebResponse
    do {
      response = try await client.web.request(request)
    } catch let error as WebError {
      throw error.brokerError(self.request)
    }
    let receivedAt = client.now()
    client.noteTime(response, sentAt: requestedAt, receivedAt: receivedAt)
    let answer = RawAnswer(
      book: book, accountID: route.isOfAccount ? account.id : nil, requestedAt: requestedAt,
      receivedAt: receivedAt, status: response.status, body: keys.masking(response.body),
      request: self.request)
    guard (200...299).contains(response.status) else {
      try await note(.refused(answer))
      throw refusal(response, answer.body, keys.token)
    }
    return answer
  }

  /// Whoever would come too late takes no place: a backlog of such would keep out all others.
  private func waitForPlace() async throws {
    let place = client.bucket.withLock {
      $0.reserve(at: SystemClock.sinceBoot(), by: deadline)
    }
    guard let place else { throw BrokerError.timedOut(request: request, after: limit) }
    try await SystemClock.sleep(until: Deadline(sinceBoot: place))
  }

  /// - Parameter body: the response's, without our secrets: its words are shown.
  private func refusal(
    _ response: WebResponse, _ body: [UInt8], _ token: AccessToken?
  ) -> BrokerError {
    let failure = Answer.failure(response.status, body, account: account.id)
    if case .notSignedIn? = failure, let token { client.noteRefusal(of: token, for: account) }
    if response.status == 429 {
      // Retry-After also comes as a date; then the usual pause has to do.
      let seconds = response.headers["retry-after"].flatMap { Int($0) } ?? 1
      let moment = SystemClock.sinceBoot() + .seconds(min(max(seconds, 1), 60))
      client.bucket.withLock { $0.pause(until: moment) }
    }
    return failure ?? .refused(status: response.status, message: "no message")
  }
}
