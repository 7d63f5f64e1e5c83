import TradingTime

extension Simulator {
  /// Everything the broker serves, by method and path.
  func route(_ request: WireRequest, at now: Instant) -> WireAnswer {
    let path = request.segments
    if path == ["skapi", "auth", "login.html"], request.method == "GET" {
      return logIn(request)
    }
    if path == Simulator.streamPath, request.method == "GET" {
      return refusal(of: request, at: now)
        ?? .json(426, ["status": 426, "message": "Upgrade Required"])
    }
    guard path.starts(with: ["skapi", "services"]), path.count > 2 else {
      return Envelope.notFound(request.path)
    }
    let below = Array(path.dropFirst(2))
    switch (request.method, below[0], below.count) {
    case ("POST", "access", 2) where below[1] == "token": return exchangeToken(request, at: now)
    case ("GET", "master", 2): return master(below[1], at: now)
    case ("GET", "master", 3) where below[1] == "csv": return masterText(below[2], at: now)
    default: break
    }
    guard let grant = grant(of: request, at: now),
      let account = exchange.accounts.index(of: grant.customer)
    else { return Envelope.accessDenied }
    exchange.advance(account, through: now)
    let book = Books(exchange: exchange, account: account, now: now)
    switch (request.method, below[0], below.count) {
    case ("POST", "orders", 1): return order(request, account, at: now)
    case ("GET", "cancelOrder", 2): return cancel(below[1], account, at: now)
    case ("GET", "logout", 2):
      guard below[1] == grant.customer else { return Envelope.accessDenied }
      accessTokens.logOut(grant)
      return Envelope.success("logout", "success", at: now)
    default: return book.answer(below, to: request, customer: grant.customer)
    }
  }

  private func grant(of request: WireRequest, at now: Instant) -> AccessTokens.Grant? {
    guard request.header("api-key") == settings.apiKey, let token = request.header("access-token")
    else { return nil }
    return accessTokens.verify(token, at: now)
  }

  private func master(_ code: String, at now: Instant) -> WireAnswer {
    Envelope.rows("master", masterRows(code, at: now), at: now)
  }

  /// The same rows as text. What the broker's looks like is unknown; no client of it was ever seen.
  private func masterText(_ code: String, at now: Instant) -> WireAnswer {
    let rows = masterRows(code, at: now)
    guard let first = rows.first else { return WireAnswer(status: 204) }
    let lines = [first.names] + rows.map { row in first.names.map { row[$0]?.scalarText ?? "" } }
    return WireAnswer(
      status: 200, contentType: "text/csv",
      body: Array(lines.map { $0.joined(separator: ",") + "\n" }.joined().utf8))
  }

  private func masterRows(_ code: String, at now: Instant) -> [JSON] {
    let master = MasterRow(madeUp: settings.madeUpShares, days: exchange.market.days)
    return Venue(rawValue: code).map { master.rows($0, on: MarketTime(now).day) } ?? []
  }

  private func order(_ request: WireRequest, _ account: Int, at now: Instant) -> WireAnswer {
    guard let body = JSON(reading: request.body), let order = OrderRequest(body) else {
      return Envelope.unreadable(request.path)
    }
    guard order.customer == "\(Accounts.customer(account))" else { return Envelope.accessDenied }
    let desk = OrderDesk(strictRMS: settings.strictRMS)
    return answer(desk.answer(order, account: account, on: &exchange, at: now), at: now)
  }

  private func cancel(_ id: String, _ account: Int, at now: Instant) -> WireAnswer {
    let desk = OrderDesk(strictRMS: false)
    return answer(desk.cancel(id, nil, account, &exchange, now), at: now)
  }

  private func answer(_ reply: OrderReply, at now: Instant) -> WireAnswer {
    switch reply {
    case .taken(let id, let rms):
      Envelope.success(
        "order", ["orderId": .string("\(id)"), "rmscode": .string(rms), "errormsg": ""], at: now)
    case .rejected(let reason):
      Envelope.success(
        "order", ["orderId": "0", "rmscode": "", "errormsg": .string(reason)], at: now)
    case .refused(let message): Envelope.refused(message)
    }
  }
}
