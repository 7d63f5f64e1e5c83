import Desk
import FoundationEssentials
import HTTPClient
import Testing
import TradingTime

@testable import Sharekhan

/// Requests of the broker's official client, logged by `Tests/Oracles/make-sharekhan-requests.py`.
struct Official: Sendable {
  let kind: String
  let given: JSON
  let request: String
  let headers: JSON
  let body: String

  static func all(_ kinds: String...) throws -> [Official] {
    let tests = "/" + #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
    let file = try #require(
      FileManager.default.contents(atPath: "\(tests)/Oracles/sharekhan-requests.txt"))
    let lines = String(decoding: file, as: UTF8.self).split(separator: "\n")
      .filter { !$0.hasPrefix("#") }
    return try lines.map { $0.split(separator: "\t").map(String.init) }
      .filter { kinds.contains($0[0]) }
      .map { parts in
        let json = try parts.dropFirst().map { try JSONReader.read(Array($0.utf8)) }
        return Official(
          kind: parts[0], given: json[0], request: json[1].scalar ?? "", headers: json[2],
          body: json[3].scalar ?? "")
      }
  }

  func text(_ name: String) -> String { given[name]?.scalar ?? "" }
  func number(_ name: String) -> Int64 { Int64(text(name)) ?? -1 }
  func price(_ name: String) -> Money? { Money(text(name)).flatMap { $0.isZero ? nil : $0 } }

  var account: Account { Account(id: "asha", customerID: text("customerId"), mode: .paper) }
  var key: InstrumentKey {
    InstrumentKey(exchange: text("exchange"), scripCode: number("scripCode"))
  }
  var typeCode: String? { given["instrumentType"]?.scalar }
  var validity: OrderValidity { text("validity") == "IOC" ? .immediate : .day }

  var option: ContractTerms.Option? {
    guard ["CE", "PE"].contains(text("optionType")), let strike = price("strikePrice") else {
      return nil
    }
    return .init(strike: strike, right: text("optionType") == "CE" ? .call : .put)
  }

  var instrument: Instrument {
    Instrument(
      key: key, symbol: text("tradingSymbol"),
      kind: typeCode == nil ? .equity : option == nil ? .future : .option,
      tickSize: Money(paise: 5), expiresOn: WireTime.date(text("expiry")),
      strike: option?.strike, right: option?.right)
  }

  var onBook: OrderOnBook {
    OrderOnBook(
      row: BrokerOrder(
        key: key, symbol: text("tradingSymbol"), product: text("productType"),
        orderID: text("orderId"), side: .buy, quantity: number("quantity"), executed: 0,
        price: price("price"), triggerPrice: price("triggerPrice"), status: .pending,
        statusText: "Pending"),
      transaction: text("transactionType"), rmsCode: text("rmsCode"),
      disclosed: number("disclosedQty"), validity: validity,
      isAfterMarket: text("afterHour") == "Y",
      contract: typeCode.flatMap { code in
        WireTime.date(text("expiry")).map {
          ContractTerms(typeCode: code, expiresOn: $0, option: option)
        }
      })
  }
}

@Suite(.timeLimit(.minutes(10)))
struct `The official client's requests` {
  @Test func `are ours, byte for byte, for new orders`() throws {
    let requests = try Official.all("new")
    #expect(requests.count == 60)
    for official in requests {
      let order = try NewOrder(
        try #require(TransactionType(rawValue: official.text("transactionType"))),
        official.number("quantity"), of: official.instrument, typeCode: official.typeCode,
        for: official.account, limit: try #require(official.price("price")),
        trigger: official.price("triggerPrice"), disclosed: official.number("disclosedQty"),
        product: try #require(OrderProduct(rawValue: official.text("productType"))),
        validity: official.validity, isAfterMarket: official.text("afterHour") == "Y")
      let body = order.body(loginID: official.text("channelUser"))
      #expect(String(decoding: body, as: UTF8.self) == official.body)
      #expect(official.request == "POST /skapi/services/orders")
    }
  }

  @Test func `are ours, byte for byte, for changes and cancellations`() throws {
    let requests = try Official.all("modify", "cancel")
    #expect(requests.count == 80)
    for official in requests {
      let login = official.text("channelUser")
      var body: [UInt8]
      if official.kind == "cancel" {
        body = try OrderCancellation(of: official.onBook, for: official.account)
          .body(loginID: login)
      } else {
        var before = official.onBook
        before = OrderOnBook(
          row: BrokerOrder(
            key: before.row.key, symbol: before.row.symbol, product: before.row.product,
            orderID: before.row.orderID, side: .buy, quantity: before.row.quantity, executed: 0,
            price: Money(rupees: 999_999), status: .pending, statusText: "Pending"),
          transaction: before.transaction, rmsCode: before.rmsCode, disclosed: before.disclosed,
          validity: before.validity, isAfterMarket: before.isAfterMarket,
          contract: before.contract)
        body = try OrderChange(
          of: before, in: official.instrument, for: official.account,
          quantity: official.number("quantity"), limit: try #require(official.price("price")),
          trigger: official.price("triggerPrice")
        ).body(loginID: login)
      }
      #expect(String(decoding: body, as: UTF8.self) == official.body)
    }
  }

  @Test func `are ours for the sign-in, in every flow`() async throws {
    let requests = try Official.all("token")
    #expect(requests.count == 30)
    for official in requests {
      let directory = try ScratchDirectory()
      let broker = try ScriptedBroker([.init(status: 400, body: #"{"status":400}"#)])
      let version = official.given["version"]?.scalar
      let client = try SharekhanClient(
        SharekhanSettings(base: broker.base), web: WebClient(),
        store: SignInStore(directory: directory.path),
        credentials: { _ in
          Credentials(
            apiKey: Secret("TESTAPIKEY0001"), secretKey: Secret(official.text("secret")),
            vendorKey: official.given["vendor"]?.scalar.map { Secret($0) },
            flow: version.flatMap(LoginFlow.init) ?? .plain)
        }, now: { noon })
      let account = Account(id: "asha", customerID: official.text("customer"), mode: .paper)
      #expect(
        try client.loginURL(for: account)
          == "\(broker.base)/auth/login.html?\(official.text("login"))")
      _ = try? await client.signIn(account, redirect: official.text("token"))
      let asked = try #require(broker.asked.first)
      #expect(asked.line == "\(official.request) HTTP/1.1")
      // Some of the broker's clients write the vendor's field in another way; we send both.
      #expect(asked.body.replacing(#", "vendorKey": "VEND01""#, with: "") == official.body)
    }
  }

  @Test func `ask for the same paths with the same headers`() async throws {
    let requests = try Official.all(
      "orders", "positions", "holdings", "funds", "history", "trades", "master", "candles")
    #expect(requests.count == 48)
    let directory = try ScratchDirectory()
    let broker = try ScriptedBroker([.init(status: 404)])
    let client = try client(broker.base, directory)
    for official in requests {
      guard case .list(let values) = official.given else { continue }
      let given = values.compactMap(\.scalar)
      let customer =
        ["orders", "positions", "holdings"].contains(official.kind)
        ? given[0]
        : given.count > 1
          ? given[1] : "1234567"
      let account = Account(id: "asha", customerID: customer, mode: .paper)
      try client.store.keep(
        AccessToken(
          token: Secret("TESTTOKEN.abc.def"), customerID: customer, loginID: "",
          expiresAt: evening), for: "asha")
      _ = try? await client.fetch(try #require(book(official.kind, given)), for: account)
      // The other spelling of an order's trades is ours first.
      let asked = try #require(broker.asked.last)
      #expect(asked.line == "\(official.request) HTTP/1.1")
      var headers = official.headers
      if official.kind == "master", case .list(let all) = headers {
        // Everybody's list is asked for with nobody's token.
        headers = .list(
          all.filter { $0 != .list([.text("access-token"), .text("TESTTOKEN.abc.def")]) })
      }
      let ours = asked.headers.map { $0.split(separator: ": ").map { JSON.text(String($0)) } }
        .filter { ![.text("Host"), .text("User-Agent"), .text("Accept")].contains($0[0]) }
      #expect(JSON.list(ours.map(JSON.list)) == headers)
    }
  }

  private func book(_ kind: String, _ given: [String]) -> Book? {
    switch kind {
    case "orders": .orders
    case "positions": .positions
    case "holdings": .holdings
    case "funds": .funds(exchange: given[0])
    case "history": .history(exchange: given[0], orderID: given[2])
    case "trades": .trades(exchange: given[0], orderID: given[2])
    case "master": .master(exchange: given[0])
    case "candles":
      .candles(exchange: given[0], scripCode: Int64(given[1]) ?? 0, interval: given[2])
    default: nil
    }
  }
}
