import TradingTime

/// How the broker answers an order: taken under an id, or turned down inside a successful answer,
/// or refused outright.
enum OrderReply: Sendable, Equatable {
  case taken(id: Int64, rms: String)
  case rejected(String)
  case refused(String)
}

/// Takes, changes and cancels orders, with the checks a broker's risk server makes.
struct OrderDesk {
  /// Whether MODIFY and CANCEL must carry the order's own RMS code, as the documents say.
  let strictRMS: Bool

  static let rms = "SKSIMNSE1"

  func answer(
    _ request: OrderRequest, account: Int, on exchange: inout Exchange, at now: Instant
  ) -> OrderReply {
    exchange.advance(account, through: now)
    if request.product == "BIGTRADEPLUS" || request.product == "BT+" {
      return .refused("User don't have rights for BIGTRADEPLUS")
    }
    switch request.kind {
    case .new: return enter(request, account, &exchange, now)
    case .modify: return modify(request, account, &exchange, now)
    case .cancel: return cancel(request.orderID, request.rmsCode, account, &exchange, now)
    }
  }

  func cancel(
    _ id: String?, _ rms: String?, _ account: Int, _ exchange: inout Exchange, _ now: Instant
  ) -> OrderReply {
    changing(id, rms, account, &exchange, now) { order in
      order.record(.cancelled, at: now)
      return nil
    }
  }

  private func enter(
    _ request: OrderRequest, _ account: Int, _ exchange: inout Exchange, _ now: Instant
  ) -> OrderReply {
    switch ticket(request, account, exchange.market.days) {
    case .failure(let reason): return .rejected(reason.text)
    case .success(let ticket):
      let checks = OrderChecks(exchange: exchange, now: now)
      if let reason = checks.objection(to: ticket) { return .rejected(reason) }
      return .taken(id: exchange.enter(ticket, at: now), rms: OrderDesk.rms)
    }
  }

  private func modify(
    _ request: OrderRequest, _ account: Int, _ exchange: inout Exchange, _ now: Instant
  ) -> OrderReply {
    let checks = OrderChecks(exchange: exchange, now: now)
    return changing(request.orderID, request.rmsCode, account, &exchange, now) { order in
      var ticket = order.ticket
      if request.hasImpossiblePrice { return OrderChecks.offTick(ticket.listing) }
      // On a partly filled order the client names what remains, and the fills stay.
      if let quantity = request.quantity { ticket.quantity = quantity + order.order.latest.filled }
      if let price = request.price { ticket.limit = price.count == 0 ? nil : price }
      if let trigger = request.trigger { ticket.trigger = trigger.count == 0 ? nil : trigger }
      if let disclosed = request.disclosed { ticket.disclosed = disclosed }
      if let validity = request.validity.flatMap(Validity.init(rawValue:)) {
        ticket.validity = validity
      }
      if let objection = checks.objection(toShapeOf: ticket) { return objection }
      if ticket.quantity > ticket.listing.freezeQuantity {
        return Exchange.aboveFreeze(ticket.listing)
      }
      var increase = ticket
      increase.quantity -= order.ticket.quantity
      if increase.quantity > 0, let objection = checks.objection(toCostOf: increase) {
        return objection
      }
      order.modify(ticket, at: now)
      return nil
    }
  }

  private func changing(
    _ id: String?, _ rms: String?, _ account: Int, _ exchange: inout Exchange, _ now: Instant,
    _ change: (inout ClientOrder) -> String?
  ) -> OrderReply {
    guard let id = id.flatMap({ Int64($0) }), var order = exchange.clientOrder(id, of: account),
      order.order.entry.at <= now
    else { return .rejected("Order id is invalid") }
    if strictRMS, rms != OrderDesk.rms { return .rejected("RMS code is invalid") }
    order.rewind(to: now)
    guard !order.isSettled else {
      return .rejected("Order is already \(HistoryRow.status(of: order.order.latest))")
    }
    if let objection = change(&order) { return .rejected(objection) }
    exchange.replace(order)
    return .taken(id: id, rms: OrderDesk.rms)
  }

  private func ticket(
    _ request: OrderRequest, _ account: Int, _ days: SessionDays
  ) -> Result<Ticket, Objection> {
    guard let venue = request.exchange.flatMap(Venue.init(rawValue:)) else {
      return .failure("Exchange is not enabled")
    }
    guard let listing = request.scripCode.flatMap({ Listing.find(code: $0, at: venue, days) }),
      listing.symbol == request.tradingSymbol
    else { return .failure("Scrip code is invalid") }
    if let contract = listing.contract, !contract.agrees(with: request) {
      return .failure("Contract details are invalid")
    }
    guard let side = request.transactionType.flatMap(Side.init(transactionType:)) else {
      return .failure("Transaction type is invalid")
    }
    guard let product = request.product.flatMap(Product.init(word:)) else {
      return .failure("Product type is invalid")
    }
    guard let validity = request.validity.flatMap(Validity.init(rawValue:)) else {
      return .failure("Validity is invalid")
    }
    guard request.orderType == "NORMAL" else { return .failure("Order type is invalid") }
    guard !request.hasImpossiblePrice else {
      return .failure(Objection(stringLiteral: OrderChecks.offTick(listing)))
    }
    guard let quantity = request.quantity, let price = request.price else {
      return .failure("Quantity and price are required")
    }
    return .success(
      Ticket(
        account: account, listing: listing, venue: venue, side: side, product: product,
        validity: validity, isAfterHours: request.isAfterHours, channel: .api,
        channelUser: request.channelUser ?? Accounts.login(account), quantity: quantity,
        disclosed: request.disclosed ?? 0, limit: price.count == 0 ? nil : price,
        trigger: request.trigger.flatMap { $0.count == 0 ? nil : $0 }))
  }
}

extension Contract {
  fileprivate func agrees(with request: OrderRequest) -> Bool {
    func same(_ said: String?, _ own: String) -> Bool { said == nil || said == own }
    // A future's strike is -1, or left out.
    let strikes = option == nil || request.strike == nil || request.strike == strike
    return strikes && same(request.instrumentType, type) && same(request.optionType, right)
      && same(request.expiry, MarketTime(day: expiry, second: 0).date.dayFirst)
  }
}

private struct Objection: Error, ExpressibleByStringLiteral {
  let text: String
  init(stringLiteral value: String) { text = value }
}
