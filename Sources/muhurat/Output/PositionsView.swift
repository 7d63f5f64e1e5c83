import Desk
import DeskStore
import Jobs
import TradingTime

/// An account's positions, for a person or as rows.
struct PositionsView {
  let account: String
  let lines: [PositionLine]
  /// When the broker's book was last seen; nil if never.
  let seenAt: Instant?
  let now: Instant
  let zone: ZoneRules

  var rows: [PositionRow] { lines.map { PositionRow(account: account, line: $0) } }

  var text: String {
    guard let seenAt else {
      return "no books of \(account) yet; run: muhurat run sync-positions --item \(account)"
    }
    let seen = "seen \((now - seenAt).inTwoUnits) ago, \(seenAt.words(in: zone))"
    guard let session = lines.first?.session else { return "\(account) is flat; \(seen)" }
    return (["\(account), session \(session), \(seen)", table] + remarks).joined(separator: "\n")
  }

  private var table: String {
    var table = Table([
      ("SYMBOL", .left), ("INSTRUMENT", .left), ("PRODUCT", .left), ("QUANTITY", .right),
      ("LEDGER", .right), ("AVERAGE", .right), ("PRICE", .right), ("AGE", .right),
      ("SOURCE", .left), ("BID", .right), ("ASK", .right), ("TOLD", .right), ("VALUE", .right),
      ("UNREALISED", .right),
    ])
    for line in lines {
      let position = line.position
      table.add(
        position.symbol, "\(position.key)", position.product, "\(position.netQuantity)",
        line.ledgerQuantity.map { "\($0)" }, position.averagePrice?.text(),
        line.price?.last.text(), line.priceAge(at: now)?.inTwoUnits, line.price?.source,
        line.depth?.bids?.best?.price.text(), line.depth?.asks?.best?.price.text(),
        line.depth?.toldAt.map { (now - $0).inTwoUnits },
        line.marketValue?.text(), line.unrealised?.text())
    }
    return table.text
  }

  private var remarks: [String] {
    let known = lines.compactMap(\.unrealised)
    let missing = lines.count - known.count
    let part = missing > 0 ? " without \(missing) that lack\(missing == 1 ? "s" : "") a price" : ""
    var remarks = ["unrealised in all: \(known.total().text())\(part)"]
    let differing = differences
    if !differing.isEmpty {
      remarks.append(
        "broker and ledger differ in \(differing.joined(separator: ", ")); "
          + "see: muhurat why reconcile"
      )
    }
    return remarks
  }

  /// The ledger keeps an instrument over all products, so the broker's rows are added up first.
  private var differences: [String] {
    Dictionary(grouping: lines, by: \.position.key).values.compactMap { rows -> String? in
      guard let first = rows.first, let ledger = first.ledgerQuantity else { return nil }
      let broker = rows.reduce(0) { $0 + $1.position.netQuantity }
      return broker == ledger ? nil : "\(first.position.symbol) (\(broker), ledger \(ledger))"
    }.sorted()
  }
}

/// One position as `--json` gives it; amounts are text, because binary floating
/// point would change them.
struct PositionRow: Encodable {
  let account: String
  let line: PositionLine

  enum CodingKeys: String, CodingKey {
    case account, exchange, symbol, product, price, strategy, unrealised
    case businessDate = "business_date"
    case scripCode = "scrip_code"
    case netQuantity = "net_quantity"
    case ledgerQuantity = "ledger_quantity"
    case averagePrice = "average_price"
    case bookedProfit = "booked_profit"
    case unrealisedProfit = "unrealised_profit"
    case priceAt = "price_at"
    case priceSource = "price_source"
    case bidPrice = "bid_price"
    case bidQuantity = "bid_quantity"
    case bidAt = "bid_at"
    case askPrice = "ask_price"
    case askQuantity = "ask_quantity"
    case askAt = "ask_at"
    case marketValue = "market_value"
    case stopPrice = "stop_price"
    case targetPrice = "target_price"
    case seenAt = "seen_at"
  }

  func encode(to encoder: any Encoder) throws {
    let position = line.position
    var keys = encoder.container(keyedBy: CodingKeys.self)
    try keys.encode(account, forKey: .account)
    try keys.encode(line.session, forKey: .businessDate)
    try keys.encode(position.key.exchange, forKey: .exchange)
    try keys.encode(position.key.scripCode, forKey: .scripCode)
    try keys.encode(position.symbol, forKey: .symbol)
    try keys.encode(position.product, forKey: .product)
    try keys.encode(position.netQuantity, forKey: .netQuantity)
    try keys.encodeIfPresent(line.ledgerQuantity, forKey: .ledgerQuantity)
    try keys.encodeIfPresent(position.averagePrice, forKey: .averagePrice)
    try keys.encodeIfPresent(position.bookedProfit, forKey: .bookedProfit)
    try keys.encodeIfPresent(position.unrealisedProfit, forKey: .unrealisedProfit)
    try keys.encodeIfPresent(line.price?.last, forKey: .price)
    try keys.encodeIfPresent(line.price?.at, forKey: .priceAt)
    try keys.encodeIfPresent(line.price?.source, forKey: .priceSource)
    try keys.encodeIfPresent(line.depth?.bids?.best?.price, forKey: .bidPrice)
    try keys.encodeIfPresent(line.depth?.bids?.best?.quantity, forKey: .bidQuantity)
    try keys.encodeIfPresent(line.depth?.bids?.toldAt, forKey: .bidAt)
    try keys.encodeIfPresent(line.depth?.asks?.best?.price, forKey: .askPrice)
    try keys.encodeIfPresent(line.depth?.asks?.best?.quantity, forKey: .askQuantity)
    try keys.encodeIfPresent(line.depth?.asks?.toldAt, forKey: .askAt)
    try keys.encodeIfPresent(line.marketValue, forKey: .marketValue)
    try keys.encodeIfPresent(line.unrealised, forKey: .unrealised)
    try keys.encodeIfPresent(line.strategy, forKey: .strategy)
    try keys.encodeIfPresent(line.stopPrice, forKey: .stopPrice)
    try keys.encodeIfPresent(line.targetPrice, forKey: .targetPrice)
    try keys.encode(line.seenAt, forKey: .seenAt)
  }
}
