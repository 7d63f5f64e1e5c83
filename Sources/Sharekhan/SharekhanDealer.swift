package import Desk
package import HTTPClient
import Threads
import TradingTime

/// Sends orders to the live broker: each once, on a connection of its own, and never again.
///
/// It has a web client apart from the one that reads, so that no flood of reads keeps a cancellation
/// waiting for a connection.
package final class SharekhanDealer: Dealer {
  private let client: SharekhanClient
  private let web: WebClient
  private let places: Locked<OrderPlaces>

  package init(_ client: SharekhanClient, web: WebClient) {
    self.client = client
    self.web = web
    places = Locked(OrderPlaces(perSecond: client.settings.ordersPerSecond))
  }

  package func place(
    _ order: NewOrder, startingWithin limit: Duration
  ) async throws(NothingSent) -> OrderReply {
    try await send(
      Letter(account: order.account, exchange: order.key.exchange, body: order.body), within: limit)
  }

  package func change(
    _ order: OrderChange, startingWithin limit: Duration
  ) async throws(NothingSent) -> OrderReply {
    try await send(
      Letter(account: order.account, exchange: order.order.row.key.exchange, body: order.body),
      within: limit)
  }

  package func cancel(
    _ order: OrderCancellation, startingWithin limit: Duration
  ) async throws(NothingSent) -> OrderReply {
    try await send(
      Letter(
        account: order.account, exchange: order.order.row.key.exchange, isCancellation: true,
        body: order.body), within: limit)
  }

  package func cancel(
    _ order: BareCancellation, startingWithin limit: Duration
  ) async throws(NothingSent) -> OrderReply {
    try await send(
      Letter(
        account: order.account, exchange: order.exchange, isCancellation: true, method: "GET",
        path: "/services/cancelOrder/\(order.orderID)", body: nil), within: limit)
  }

  package func ordersOnBook(in answer: RawAnswer) throws -> [OrderOnBook] {
    try client.rows(answer).map(OrderOnBook.init)
  }

  private func send(
    _ letter: Letter, within limit: Duration
  ) async throws(NothingSent) -> OrderReply {
    let latest = SystemClock.sinceBoot() + limit
    try checkSkew(letter)
    let keys = try keys(of: letter.account)
    try await takePlace(letter, before: latest)
    guard !Task.isCancelled else { throw .cancelled }
    let left = latest - SystemClock.sinceBoot()
    guard left > .zero else { throw .tooLate }
    let request = WebRequest(
      method: letter.method, url: client.settings.base + letter.path, headers: keys.headers,
      body: letter.body?(keys.token?.loginID ?? ""), timeLimit: client.settings.orderTimeLimit,
      connectTimeLimit: min(left, client.settings.connectTimeLimit), bodyLimit: 1 << 20,
      mayBeRepeated: false, startsBefore: Deadline(sinceBoot: latest))
    let shown = "\(letter.method) \(client.settings.basePath)\(letter.path)"
    // Beyond this point the order may stand at the exchange. A caller that is stopped takes nothing
    // of it back, so the answer is awaited all the same.
    return try await Task { () async -> Result<OrderReply, NothingSent> in
      await self.exchange(request, shown, letter.account, keys)
    }.value.get()
  }

  private func exchange(
    _ request: WebRequest, _ shown: String, _ account: Account, _ keys: Keys
  ) async -> Result<OrderReply, NothingSent> {
    let sentAt = client.now()
    func reply(_ outcome: OrderOutcome, _ status: Int? = nil, _ body: [UInt8] = []) -> OrderReply {
      OrderReply(
        outcome: outcome,
        evidence: OrderEvidence(
          accountID: account.id, request: shown, sentAt: sentAt, endedAt: client.now(),
          status: status, body: body))
    }
    do {
      let response = try await web.request(request)
      client.noteTime(response, sentAt: sentAt, receivedAt: client.now())
      let body = keys.masking(response.body)
      if let failure = Answer.failure(response.status, body, account: account.id),
        case .notSignedIn = failure, let token = keys.token
      {
        client.noteRefusal(of: token, for: account)
      }
      return .success(
        reply(OrderAnswer.outcome(status: response.status, body: body), response.status, body))
    } catch let error as WebError where error.cause == .tooLate {
      return .failure(.tooLate)
    } catch let error as WebError where !error.mayHaveArrived {
      return .failure(.unreachable(reason: error.description))
    } catch {
      // Whatever this is, it is no proof that nothing arrived.
      return .success(reply(.unclear(why: "\(error)")))
    }
  }

  // MARK: what must hold before

  /// A cancellation needs no time to be found by, so a wrong clock does not hold it up.
  private func checkSkew(_ letter: Letter) throws(NothingSent) {
    guard !letter.isCancellation, let skew = client.clockSkew else { return }
    let size = skew.ahead < .zero ? .zero - skew.ahead : skew.ahead
    guard size - skew.uncertainty <= client.settings.largestSkew else {
      throw .clockSkew(skew.ahead)
    }
  }

  private func keys(of account: Account) throws(NothingSent) -> Keys {
    do {
      return try client.keys(of: account)
    } catch BrokerError.notSignedIn(_, let reason) {
      throw .notSignedIn(account: account.id, reason: reason)
    } catch {
      throw .notSignedIn(account: account.id, reason: "\(error)")
    }
  }

  private func takePlace(_ letter: Letter, before latest: Duration) async throws(NothingSent) {
    let now = SystemClock.sinceBoot()
    let segment = OrderPlaces.Segment(account: letter.account.id, exchange: letter.exchange)
    let place = places.withLock {
      $0.take(segment, isCancellation: letter.isCancellation, at: now, before: latest)
    }
    switch place {
    case .notBefore(let free):
      throw .tooMany(
        account: letter.account.id, exchange: letter.exchange, freeAfter: free - now)
    case .at(let due):
      do {
        try await SystemClock.sleep(until: Deadline(sinceBoot: due))
      } catch {
        throw .cancelled
      }
    }
  }
}

/// What is sent; the body is made with the login's name, once the sign-in has told it.
private struct Letter: Sendable {
  var account: Account
  var exchange: String
  var isCancellation = false
  var method = "POST"
  var path = "/services/orders"
  var body: (@Sendable (_ loginID: String) -> [UInt8])?
}
