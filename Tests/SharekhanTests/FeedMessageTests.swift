import Desk
import Testing
import TradingTime

@testable import Sharekhan

@Suite(.timeLimit(.minutes(10))) struct `Messages of the feed` {
  static let received = Instant(rfc3339: "2021-03-02T11:30:05+05:30") ?? Instant(microseconds: 0)

  struct Case: Sendable, CustomTestStringConvertible {
    let id: String
    let text: String
    let expected: String
    var testDescription: String { id }

    init(_ id: String, _ text: String, _ expected: String) {
      (self.id, self.text, self.expected) = (id, text, expected)
    }
  }

  static let cases = [
    Case("the bare heartbeat", "heartbeat", "heartbeat"),
    Case("a heartbeat with a newline", "heartbeat\n", "heartbeat"),
    Case(
      "the greeting",
      #"{"status":100,"message":"connect","timestamp":"2023-12-08T12:10:50+05:30","data":"Connected 00000000-0000-0000-0000-000000000000"}"#,
      "connected"),
    Case(
      "one module", #"{"status":100,"message":"subscribe","data":"success FEED"}"#, "feed"),
    Case(
      "two modules", #"{"status":"100","message":"subscribe","data":"success FEED,success ACK"}"#,
      "ack feed"),
    Case(
      "two modules without blanks", #"{"message":"subscribe","data":"successFEED,successACK"}"#,
      "ack feed"),
    Case(
      "a list of partial quotes",
      #"{"status":100,"message":"feed","timestamp":"2021-03-02T11:30:01+05:30","data":[{"exchangeCode":"NC","scripCode":"2885","ltp":"2105.65","ltt":"03/02/2021 11:29:59","close":2101.7},{"scripCode":37833,"exchangeCode":"NF","bidPrice":10.5,"bidQty":"65"}]}"#,
      "NC:2885 last 2105.65 close 2101.7 at 11:29:59; NF:37833 best bid 65@10.5/-"),
    Case(
      "one quote as an object, its zeros no prices",
      #"{"status":100,"message":"feed","data":{"exchangeCode":"NC","scripCode":22,"ltp":0,"close":"0","open":0.0,"qty":0}}"#,
      "NC:22"),
    Case(
      "an index, with twelve hours and its own name",
      #"{"status":100,"message":"indices","data":{"exchangeCode":"NC","scripCode":20000,"ltt":"3/2/2021 12:10:48 AM","ltp":14900.05,"lastUpdTime":1614667248}}"#,
      "NC:20000 last 14900.05 at 00:10:48"),
    Case(
      "a quote without a trade's time is of its sending",
      #"{"status":100,"message":"feed","timestamp":"2021-03-02T11:30:01+05:30","data":{"exchangeCode":"NC","scripCode":1,"ltp":7}}"#,
      "NC:1 last 7 at 11:30:01"),
    Case(
      "a moment to come is of its arrival",
      #"{"data":{"exchangeCode":"NC","scripCode":1,"ltp":7,"ltt":"03/02/2031 11:29:59"}}"#,
      "NC:1 last 7 at 11:30:05"),
    Case(
      "depth by one guess at its names",
      #"{"data":{"exchangeCode":"NC","scripCode":1,"depth":{"buy":[{"price":6,"qty":5,"orders":2}],"sell":[{"price":"7","quantity":"4"},{"price":"x","qty":1}]}}}"#,
      "NC:1 bids 5@6/2 asks 4@7/-"),
    Case(
      "depth by another",
      #"{"data":{"exchangeCode":"NC","scripCode":1,"bids":[{"price":6,"qty":5}],"asks":[]}}"#,
      "NC:1 bids 5@6/- asks "),
    Case(
      "best prices, 0 where nobody stands",
      #"{"data":{"exchangeCode":"NC","scripCode":1,"bidPrice":"6.05","bidQty":5,"offPrice":0,"offQty":0}}"#,
      "NC:1 best bid 5@6.05/- best ask "),
    Case(
      "levels go before best prices; levels of which none reads say nothing",
      #"{"data":{"exchangeCode":"NC","scripCode":1,"bidPrice":6,"bidQty":5,"bids":[{"price":7,"qty":1},{"price":6,"qty":2}],"asks":[{"p":1}]}}"#,
      "NC:1 bids 1@7/-,2@6/-"),
    Case(
      "of a quote of the session before only the price is taken",
      #"{"data":{"exchangeCode":"NC","scripCode":1,"ltp":7,"ltt":"03/01/2021 15:29:59","close":6,"qty":5}}"#,
      "NC:1 last 7 at 15:29:59"),
    Case(
      "an acknowledgement under the name of a quote",
      #"{"status":100,"message":"feed","data":{"Exchange":"NC","CustomerID":"1234567","SharekhanOrderID":"245749050","ExchangeOrderID":"1000000000000678","AckState":"TradeConfirmation","TradingSymbol":"ONGC","BuySellString":"B","OrderQty":10,"RemainingQty":"4","TradeQty":6,"TradePrice":"92.50","TradeID":77,"ExchangeDateTime":"02/03/2021 12:02:08","ErrorMessage":"Success"}}"#,
      "ack 245749050 TradeConfirmation buy 10 left 4 traded 6@92.5 trade 77 at 12:02:08"),
    Case(
      "an acknowledgement with another word and little in it",
      #"{"message":"ack","data":[{"SharekhanOrderID":245749051,"AckState":"Odd"}]}"#,
      "ack 245749051 Odd"),
    Case(
      "another customer's acknowledgement",
      #"{"message":"ack","data":{"SharekhanOrderID":"5","CustomerID":7654321,"AckState":"X"}}"#,
      "?order 5 is acknowledged for a customer who did not ask"),
    Case(
      "an acknowledgement of nothing", #"{"data":{"SharekhanOrderID":"0","AckState":"X"}}"#,
      #"?an acknowledgement of no order: {"SharekhanOrderID":"0","AckState":"X"}"#),
    Case(
      "good and bad in one list",
      #"{"data":[{"exchangeCode":"NC","scripCode":1,"ltp":"NaN"},{"exchangeCode":"NC","scripCode":2,"ltp":3,"ltt":"13/02/2021 11:29:59"},{"x":1},4,{"exchangeCode":"NC","scripCode":3,"ltp":5}]}"#,
      #"?quote of NC:1: ltp is "NaN"; ?quote of NC:2: ltt is "13/02/2021 11:29:59"; "#
        + #"?neither quote nor acknowledgement: {"x":1}; ?neither quote nor acknowledgement: 4; "#
        + "NC:3 last 5 at 11:30:05"),
    Case(
      "a quote of no exchange", #"{"data":{"scripCode":1,"ltp":1}}"#,
      #"?a quote of nothing: {"scripCode":1,"ltp":1}"#),
    Case(
      "a refusal", #"{"status":403,"message":"error","errorType":"Access Denied"}"#,
      "refused 403 error, Access Denied"),
    Case(
      "a refusal in the answer to a subscription",
      #"{"status":101,"message":"feed","data":"invalid key"}"#, "refused 101 feed, invalid key"),
    Case("no JSON", "<html>", "?expected a value at byte 0: <html>"),
    Case("half a message", #"{"data":["#, #"?the text ends early at byte 9: {"data":["#),
    Case("nothing", "", "?the text ends early at byte 0: "),
    Case("a list for an envelope", "[1]", "?not an object: [1]"),
    Case("no data", #"{"status":100}"#, #"?no data: {"status":100}"#),
    Case("null for data", #"{"data":null}"#, #"?no data: {"data":null}"#),
    Case("unknown words", #"{"data":"good morning"}"#, "?data: good morning"),
    Case("an empty list", #"{"data":[]}"#, ""),
  ]

  @Test(arguments: cases) func `each text is one value`(_ row: Case) {
    let message = FeedMessage.read(
      Array(row.text.utf8), account: Self.account, receivedAt: Self.received)
    #expect(shown(message) == row.expected)
  }

  @Test func `no bytes at all bring it down`() {
    var random = SystemRandomNumberGenerator()
    let seeds = Self.cases.map { Array($0.text.utf8) }
    for round in 0..<3000 {
      var bytes = seeds[round % seeds.count]
      for _ in 0...Int.random(in: 0...3, using: &random) where !bytes.isEmpty {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        if Bool.random(using: &random) {
          bytes[place] = UInt8.random(in: .min ... .max, using: &random)
        } else {
          bytes.removeSubrange(place..<min(bytes.count, place + 3))
        }
      }
      let message = FeedMessage.read(bytes, account: Self.account, receivedAt: Self.received)
      if case .items(let items) = message {
        for case .quote(let tick) in items {
          #expect(tick.price.map { $0.at <= Self.received } ?? true)
        }
      }
    }
  }

  static let account = Account(id: "asha", customerID: "1234567", name: "Asha", mode: .paper)

  private func shown(_ message: FeedMessage) -> String {
    switch message {
    case .heartbeat: "heartbeat"
    case .connected: "connected"
    case .subscribed(let modules): modules.map(\.rawValue).sorted().joined(separator: " ")
    case .refused(let status, let text): "refused \(status) \(text)"
    case .unknown(let text): "?\(text)"
    case .items(let items): items.map(shown).joined(separator: "; ")
    }
  }

  private func shown(_ item: FeedItem) -> String {
    switch item {
    case .unknown(let text): return "?\(text)"
    case .quote(let tick):
      var words = ["\(tick.key)"]
      if let last = tick.last { words.append("last \(last)") }
      if let close = tick.previousClose { words.append("close \(close)") }
      if let price = tick.price {
        words.append("at \(ZoneRules.india.local(price.at).time.exactly)")
      }
      if let bids = tick.depth?.bids { words.append("\(name("bid", bids)) \(shown(bids.levels))") }
      if let asks = tick.depth?.asks { words.append("\(name("ask", asks)) \(shown(asks.levels))") }
      return words.joined(separator: " ")
    case .acknowledgement(let ack):
      var words = ["ack \(ack.orderID) \(ack.state)"]
      if let side = ack.side, let quantity = ack.quantity { words.append("\(side) \(quantity)") }
      if let left = ack.remaining { words.append("left \(left)") }
      if let traded = ack.tradedQuantity, let price = ack.tradedPrice {
        words.append("traded \(traded)@\(price)")
      }
      if let trade = ack.tradeID { words.append("trade \(trade)") }
      if let at = ack.exchangeAt { words.append("at \(ZoneRules.india.local(at).time.exactly)") }
      return words.joined(separator: " ")
    }
  }

  private func name(_ name: String, _ side: DepthSide) -> String {
    side.levelsToldAt == nil ? "best \(name)" : "\(name)s"
  }

  private func shown(_ levels: [DepthLevel]) -> String {
    levels.map { "\($0.quantity)@\($0.price)/\($0.orders.map(String.init) ?? "-")" }
      .joined(separator: ",")
  }
}

extension TimeOfDay {
  /// With its seconds, also where they are none.
  fileprivate var exactly: String { second == 0 ? "\(self):00" : "\(self)" }
}
