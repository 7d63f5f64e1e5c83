import Testing
import TradingTime

@testable import Desk

@Suite(.timeLimit(.minutes(10)))
struct `Making an order` {
  let asha = Account(id: "asha", customerID: "1234567", mode: .paper)
  let ongc = Instrument(
    key: InstrumentKey(exchange: "NC", scripCode: 2475), symbol: "ONGC",
    tickSize: Money(paise: 5))
  let nifty = Instrument(
    key: InstrumentKey(exchange: "NF", scripCode: 59004), symbol: "NIFTY", kind: .option,
    lotSize: 75, tickSize: Money(paise: 5),
    expiresOn: CivilDate(year: 2025, month: 10, day: 28), strike: Money(rupees: 26_000),
    right: .call)

  private func refusal(_ make: () throws -> some Any) -> String {
    do {
      return "made \(try make())"
    } catch {
      return "\(error)"
    }
  }

  private func new(
    _ quantity: Quantity = 1, of instrument: Instrument? = nil, typeCode: String? = nil,
    limit: String = "149.5", trigger: String? = nil, disclosed: Quantity = 0,
    freeze: Quantity? = nil, validity: OrderValidity = .day, account: Account? = nil
  ) throws -> NewOrder {
    try NewOrder(
      .buy, quantity, of: instrument ?? ongc, typeCode: typeCode, for: account ?? asha,
      limit: try #require(Money(limit)), trigger: trigger.flatMap { Money($0) },
      disclosed: disclosed, product: .investment, validity: validity, freezeQuantity: freeze)
  }

  private func onBook(
    _ id: String = "246585650", executed: Quantity = 0, status: OrderStatus = .pending,
    rmsCode: String = "SKNSE2", transaction: String = "S"
  ) -> OrderOnBook {
    OrderOnBook(
      row: BrokerOrder(
        key: ongc.key, symbol: "ONGC", product: "INVESTMENT", orderID: id, side: .sell,
        quantity: 10, executed: executed, price: Money(paise: 14_950), status: status,
        statusText: status.word),
      transaction: transaction, rmsCode: rmsCode)
  }

  @Test func `keeps what it is made of`() throws {
    let order = try new(150, of: nifty, typeCode: "OI", limit: "24.35", trigger: "24", freeze: 1800)
    #expect(order.quantity == 150 && order.limit == Money(paise: 2435))
    #expect(
      order.contract
        == ContractTerms(
          typeCode: "OI", expiresOn: try #require(CivilDate("2025-10-28")),
          option: .init(strike: Money(rupees: 26_000), right: .call)))
    #expect(try new().contract == nil)
  }

  @Test func `says everything that is wrong at once`() {
    #expect(
      refusal { try new(-7, limit: "149.52", trigger: "-1", disclosed: 3) }
        == "no such order: the quantity is not positive; "
        + "the disclosed quantity is not within the quantity; "
        + "the limit is no multiple of the tick of 0.05; the trigger is not positive")
  }

  @Test func `goes by the contract's lot, freeze quantity and tick`() {
    #expect(
      refusal { try new(100, of: nifty, typeCode: "OI", limit: "24.35") }
        == "no such order: the quantity is no multiple of the lot of 75")
    #expect(
      refusal { try new(1875, of: nifty, typeCode: "OI", limit: "24.35", freeze: 1800) }
        == "no such order: the quantity is above the freeze quantity of 1800")
    let untold = Instrument(key: ongc.key, symbol: "ONGC")
    #expect(
      refusal { try new(of: untold) }
        == "no such order: the tick of NC:2475 is not known; load the master first")
    #expect(
      refusal { try new(limit: "0") } == "no such order: the limit is not positive",
      "a limit of nothing is a market order")
  }

  @Test func `goes by what an exchange trades`() {
    let index = Instrument(key: ongc.key, symbol: "NIFTY", kind: .index, tickSize: Money(paise: 5))
    #expect(
      refusal { try new(of: index) }
        == "no such order: NC:2475 is no share of a cash exchange and no contract of a "
        + "derivatives exchange")
    #expect(
      refusal { try new(typeCode: "FS") }
        == "no such order: NC:2475 is a share and has no contract type")
    for code in [nil, "FI", "OPTCUR", ""] {
      #expect(
        refusal { try new(75, of: nifty, typeCode: code) }
          == "no such order: \"\(code ?? "")\" is no contract type of NF:59004")
    }
    let bare = Instrument(
      key: nifty.key, symbol: "NIFTY", kind: .option, lotSize: 75, tickSize: Money(paise: 5))
    #expect(
      refusal { try new(75, of: bare, typeCode: "OI") }
        == "no such order: the expiry of NF:59004 is not known; "
        + "strike or right of NF:59004 is not known")
  }

  @Test(arguments: ["", "ABC", "0123", "12 3", "-5", "1234567890123456789"])
  func `needs a customer whom the broker can know`(_ customer: String) {
    let account = Account(id: "asha", customerID: customer, mode: .paper)
    #expect(
      refusal { try new(account: account) }
        == "no such order: the customer of asha is no number of the broker's")
    #expect(
      refusal { try OrderCancellation(of: onBook(), for: account) }
        == "no such order: the customer of asha is no number of the broker's")
  }

  @Test func `never sends a word it does not know, nor for a disabled account`() {
    let off = Account(id: "asha", customerID: "1234567", mode: .paper, isEnabled: false)
    #expect(
      refusal { try new(validity: .other("GTC"), account: off) }
        == "no such order: account asha is disabled; the validity is not one that we send")
  }

  @Test func `changes only what stands whole and is known`() {
    func change(
      _ order: OrderOnBook, _ quantity: Quantity = 10, _ limit: Int64 = 14_800,
      in instrument: Instrument? = nil
    ) -> String {
      refusal {
        try OrderChange(
          of: order, in: instrument ?? ongc, for: asha, quantity: quantity,
          limit: Money(paise: limit))
      }
    }
    #expect(change(onBook()).hasPrefix("made"))
    for (order, reason) in [
      (onBook("0"), "the order has no number of the broker's"),
      (onBook(status: .cancelled), "the order is over: cancelled"),
      (
        onBook(executed: 4),
        "a part of the order is executed; cancel it and place the rest anew"
      ),
      (onBook(status: .unrecognised("?")), "nobody knows what the order's state means"),
      (onBook(rmsCode: ""), "the book does not name the order's RMS code"),
      (onBook(rmsCode: "ANY"), "the book does not name the order's RMS code"),
    ] {
      #expect(change(order) == "no such order: \(reason)")
    }
    #expect(change(onBook(), 10, 14_950) == "no such order: the change changes nothing")
    #expect(
      change(onBook(), 75, in: nifty) == "no such order: the order is in NC:2475, not in NF:59004")
    #expect(change(onBook(), 0) == "no such order: the quantity is not positive")
  }

  @Test func `cancels whatever is not over, by its number`() {
    func cancel(_ order: OrderOnBook) -> String {
      refusal { try OrderCancellation(of: order, for: asha) }
    }
    for order in [
      onBook(), onBook(executed: 4, status: .partlyExecuted), onBook(rmsCode: ""),
      onBook(status: .unrecognised("Cancel Pending")),
    ] {
      #expect(cancel(order).hasPrefix("made"))
    }
    #expect(cancel(onBook("NA")) == "no such order: the order has no number of the broker's")
    #expect(
      cancel(onBook(status: .fullyExecuted)) == "no such order: the order is over: fully-executed")
    #expect(
      cancel(onBook(transaction: "")) == "no such order: the book does not name the order's side")
    for id in ["", "0", "000", "NA", "12/../3", "1 2", "-7", String(repeating: "1", count: 21)] {
      #expect(
        refusal { try BareCancellation(orderID: id, exchange: "NC", for: asha) }
          == "no such order: \"\(id)\" is no number of the broker's")
    }
  }
}

@Suite(.timeLimit(.minutes(10)))
struct `A multiple of a tick` {
  @Test(arguments: [
    ("149.5", "0.05", true), ("149.52", "0.05", false), ("0.05", "0.05", true),
    ("123456789012.35", "0.05", true), ("7.0025", "0.0025", true), ("7.0026", "0.0025", false),
    ("20005", "5", true), ("1", "0.03", false), ("0.09", "0.03", true),
  ])
  func `is told on the decimal digits`(_ price: String, _ tick: String, _ fits: Bool) throws {
    #expect(try #require(Money(price)).isMultiple(of: try #require(Money(tick))) == fits)
  }
}
