import Desk
import HTTPClient
import Testing
import TradingTime

@testable import Sharekhan

/// A client that is never asked to send anything: only its readers are used.
func reader() throws -> SharekhanClient {
  try SharekhanClient(
    SharekhanSettings(), web: WebClient(), store: SignInStore(directory: "/nonexistent"),
    credentials: { _ in throw BrokerError.unavailable(reason: "no credentials here") },
    now: { Instant(secondsSinceEpoch: 0) })
}

extension SharekhanClient {
  /// Whatever the answer's book holds, as one text: two readings are the same if their texts are.
  func everything(in answer: RawAnswer) throws -> String {
    switch answer.book {
    case .orders, .history: "\(try orders(in: answer))"
    case .positions: "\(try positions(in: answer))"
    case .holdings: "\(try holdings(in: answer))"
    case .funds: shown(try funds(in: answer))
    case .trades: "\(try trades(in: answer))"
    case .masterTable: "\(answer.body.count) bytes"
    case .master: "\(try instruments(in: answer))"
    case .candles: "\(try candles(in: answer))"
    }
  }

  private func shown(_ funds: BrokerFunds?) -> String {
    guard let funds else { return "[]" }
    let figures = funds.figures.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    return "\(funds.exchange) \(String(describing: funds.cash)) \(figures)"
  }
}

extension RawAnswer {
  func with(_ body: [UInt8], status: Int? = nil) -> RawAnswer {
    RawAnswer(
      book: book, accountID: accountID, requestedAt: requestedAt, receivedAt: receivedAt,
      status: status ?? self.status, body: body, request: request)
  }

  func with(_ body: String, status: Int? = nil) -> RawAnswer {
    with(Array(body.utf8), status: status)
  }
}

extension JSON {
  /// Numbers as texts and texts that look like numbers as numbers, at every depth, as the broker
  /// does it.
  var flipped: JSON {
    switch self {
    case .number(let text): .text(text)
    case .text(let text):
      if case .number(let number)? = try? JSONReader.read(Array(text.utf8)) {
        .number(number)
      } else {
        self
      }
    case .list(let values): .list(values.map(\.flipped))
    case .object(let members):
      .object(members.map { Member(key: $0.key, value: $0.value.flipped) })
    case .null, .bool: self
    }
  }

  var reversed: JSON {
    switch self {
    case .list(let values): .list(values.map(\.reversed))
    case .object(let members):
      .object(members.reversed().map { Member(key: $0.key, value: $0.value.reversed) })
    default: self
    }
  }
}

extension RawAnswer: CustomTestStringConvertible {
  package var testDescription: String { request }
}
