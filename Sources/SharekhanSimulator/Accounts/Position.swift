/// The day's trades in one share and product, netted as the broker nets them: all buys pooled, all
/// sells pooled. Only contracts are carried in, because delivery goes to holdings and intraday ends
/// flat.
struct Position: Sendable, Equatable {
  let listing: Listing
  let venue: Venue
  let product: Product
  var bought = 0
  var sold = 0
  var buyValue = Paise(0)
  var sellValue = Paise(0)

  var net: Int { bought - sold }

  /// Rates in hundredths of a paisa.
  var buyRate: Int64 { Position.rate(buyValue, bought) }
  var sellRate: Int64 { Position.rate(sellValue, sold) }
  var meanPrice: Int64 { net > 0 ? buyRate : net < 0 ? sellRate : 0 }

  /// Earned on what was both bought and sold.
  var booked: Paise {
    let matched = Int64(min(bought, sold))
    guard matched > 0 else { return Paise(0) }
    return Paise(
      sellValue.count * matched / Int64(sold) - buyValue.count * matched / Int64(bought))
  }

  /// What the open rest would earn at `price`.
  func unbooked(at price: Paise) -> Paise {
    let open = Int64(abs(net))
    if net > 0 { return Paise(price.count * open - buyValue.count * open / Int64(bought)) }
    if net < 0 { return Paise(sellValue.count * open / Int64(sold) - price.count * open) }
    return Paise(0)
  }

  /// Value of the open rest at the price it was opened for.
  var openValue: Paise {
    if net > 0 { return Paise(buyValue.count * Int64(net) / Int64(bought)) }
    if net < 0 { return Paise(sellValue.count * Int64(-net) / Int64(sold)) }
    return Paise(0)
  }

  /// What the next day begins with: the open rest at the price it was opened for; nil if there is none.
  var rest: Position? {
    guard net != 0 else { return nil }
    var rest = Position(listing: listing, venue: venue, product: product)
    if net > 0 {
      (rest.bought, rest.buyValue) = (net, openValue)
    } else {
      (rest.sold, rest.sellValue) = (-net, openValue)
    }
    return rest
  }

  /// In the order in which the shares were first traded, those carried in before.
  static func netted(_ fills: [Fill], onto carried: [Position] = []) -> [Position] {
    var positions = carried
    for fill in fills {
      let ticket = fill.ticket
      let index =
        positions.firstIndex {
          $0.listing == ticket.listing && $0.venue == ticket.venue && $0.product == ticket.product
        } ?? positions.endIndex
      if index == positions.endIndex {
        positions.append(
          Position(listing: ticket.listing, venue: ticket.venue, product: ticket.product))
      }
      positions[index].add(fill)
    }
    return positions
  }

  private mutating func add(_ fill: Fill) {
    if fill.ticket.side == .buy {
      bought += fill.quantity
      buyValue = buyValue + fill.value
    } else {
      sold += fill.quantity
      sellValue = sellValue + fill.value
    }
  }

  private static func rate(_ value: Paise, _ quantity: Int) -> Int64 {
    quantity == 0 ? 0 : (value.count * 100 + Int64(quantity) / 2) / Int64(quantity)
  }
}
