import TradingTime

extension Exchange {
  /// What an account owns at `now`. Today's purchases are not in it yet; today's sales still are,
  /// but no longer saleable.
  func holdings(of account: Int, at now: Instant) -> [Holding] {
    let day = MarketTime(now).day
    let habits = habits(account)
    let client = clientDeliveries(of: account, before: day)
    let today = positions(of: account, at: now).filter {
      $0.product == .investment && $0.listing.contract == nil
    }
    let last = market.days.previous(to: day)
    let traded = client.map(\.ticket.listing).filter { !habits.held.contains($0) }
    var seen: Set<Listing> = []
    return (habits.held + traded).filter { seen.insert($0).inserted }.compactMap { listing in
      let scripted = habits.held.contains(listing)
      let fills = client.filter { $0.ticket.listing == listing }
      let owned =
        (scripted ? habits.owned(listing, on: day) : 0)
        + fills.reduce(0) { $0 + $1.signedQuantity }
      guard owned > 0 else { return nil }
      let bought =
        fills.filter { MarketTime($0.at).day == last }.reduce(0) { $0 + $1.signedQuantity }
        + (scripted ? habits.owned(listing, on: day) - habits.owned(listing, on: last) : 0)
      let sold = today.filter { $0.listing == listing }.reduce(0) { $0 + $1.sold }
      return split(
        listing, owned: owned, bought: bought, sold: sold,
        pledges: listing == habits.held.first,
        cost: scripted ? habits.cost(listing) : fills.first?.price ?? listing.basePrice)
    }
  }

  private func split(
    _ listing: Listing, owned: Int, bought: Int, sold: Int, pledges: Bool, cost: Paise
  ) -> Holding {
    let receivable = min(owned, max(0, bought))
    let pledged = pledges ? min(owned / 4, owned - receivable) : 0
    let inDemat = owned - receivable - pledged
    return Holding(
      listing: listing, receivable: receivable, pledged: pledged, inDemat: inDemat,
      saleable: max(0, inDemat - sold), cost: cost)
  }

  func funds(of account: Int, at now: Instant) -> Funds {
    let positions = positions(of: account, at: now)
    let day = MarketTime(now).day
    let pledged = holdings(of: account, at: now).reduce(Paise(0)) { sum, holding in
      let half = market.previousClose(holding.listing, on: day).count * Int64(holding.pledged) / 2
      return sum + Paise(half)
    }
    let shares = positions.filter { $0.listing.contract == nil }
    let contracts = positions.filter { $0.listing.contract != nil }
    let intraday = shares.filter { $0.product == .bigTrade }
    let deliveries = shares.filter { $0.product == .investment && $0.net > 0 }
    let bought = contracts.filter { $0.net > 0 && $0.listing.contract?.option != nil }
    let margined = contracts.filter { $0.net < 0 || $0.listing.contract?.option == nil }
    return Funds(
      opening: Funds.opening,
      booked: shares.reduce(Paise(0)) { $0 + $1.booked },
      bookedOnContracts: contracts.reduce(Paise(0)) { $0 + $1.booked },
      againstShares: pledged,
      margin: Paise(intraday.reduce(0) { $0 + $1.openValue.count } / 5),
      premium: bought.reduce(Paise(0)) { $0 + $1.openValue },
      marginOnContracts: margined.reduce(Paise(0)) { $0 + margin($1) },
      held: deliveries.reduce(Paise(0)) { $0 + $1.openValue }
        + waiting(of: account, positions, at: now))
  }

  /// What open orders may still cost: what they would open.
  private func waiting(of account: Int, _ positions: [Position], at now: Instant) -> Paise {
    let waiting = waitingOrders(of: account, at: now)
    return waiting.indices.reduce(Paise(0)) { sum, index in
      let (ticket, open) = (waiting[index].ticket, waiting[index].open)
      if ticket.isDelivery, ticket.side == .sell { return sum }
      let closing = closable(by: ticket, behind: waiting[..<index], positions)
      let price = ticket.limit ?? market.price(ticket.listing, at: now)
      return sum + need(ticket, price: price, quantity: max(0, open - closing))
    }
  }

  private func waitingOrders(of account: Int, at now: Instant) -> [OrderStep] {
    orders(of: account, at: now).compactMap { $0.latest(at: now) }.filter { !$0.isFinal }
  }

  /// What the order would close of an open position that no order waits to close already: that needs
  /// no margin, so a position can always be got rid of. Shares held are no position.
  func closable(by ticket: Ticket, at now: Instant) -> Int {
    closable(
      by: ticket, behind: waitingOrders(of: ticket.account, at: now)[...],
      positions(of: ticket.account, at: now))
  }

  private func closable(
    by ticket: Ticket, behind others: ArraySlice<OrderStep>, _ positions: [Position]
  ) -> Int {
    guard !ticket.isDelivery else { return 0 }
    let position = positions.first {
      $0.listing == ticket.listing && $0.venue == ticket.venue && $0.product == ticket.product
    }
    let asked = others.filter {
      $0.ticket.listing == ticket.listing && $0.ticket.venue == ticket.venue
        && $0.ticket.product == ticket.product && $0.ticket.side == ticket.side
    }.reduce(0) { $0 + $1.open }
    return max(0, -(position?.net ?? 0) * ticket.side.sign - asked)
  }

  private func margin(_ position: Position) -> Paise {
    guard let option = position.listing.contract?.option else {
      return Paise(position.openValue.count * 15 / 100)
    }
    return Paise(option.strike.count * Int64(abs(position.net)) * 15 / 100)
  }

  /// Delivery and options bought are paid in full, intraday with a fifth; futures and options sold
  /// need fifteen percent of what they stand for.
  func need(_ ticket: Ticket, price: Paise, quantity: Int) -> Paise {
    let value = price.count * Int64(quantity)
    if let contract = ticket.listing.contract {
      guard let option = contract.option else { return Paise(value * 15 / 100) }
      guard ticket.side == .sell else { return Paise(value) }
      return Paise(option.strike.count * Int64(quantity) * 15 / 100)
    }
    return Paise(ticket.product == .investment ? value : value / 5)
  }
}
