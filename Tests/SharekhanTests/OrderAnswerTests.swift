import Desk
import Testing

@testable import Sharekhan

@Suite(.timeLimit(.minutes(10)))
struct `An answer to an order` {
  struct Row: Sendable, CustomTestStringConvertible {
    var name: String
    var status = 200
    var body: String
    var outcome: OrderOutcome
    var testDescription: String { name }
  }

  static func data(_ data: String) -> String { Fixture.envelope("order", data) }

  static let rows = [
    Row(
      name: "taken", body: data(#"{"orderId":"246585650","rmscode":"SKNSE2","errormsg":""}"#),
      outcome: .accepted(orderID: "246585650", rmsCode: "SKNSE2")),
    Row(
      name: "the number as a number, the code in another case",
      body: data(#"{"rmsCode":"SKNSE2","orderId":246585650}"#),
      outcome: .accepted(orderID: "246585650", rmsCode: "SKNSE2")),
    Row(
      name: "a number beyond 2^53, and no status", body: #"{"data":{"orderId":9007199254740993}}"#,
      outcome: .accepted(orderID: "9007199254740993", rmsCode: "")),
    Row(
      name: "a success text where errors stand",
      body: data(#"{"orderId":"7","rmscode":"NA","errormsg":"Success"}"#),
      outcome: .accepted(orderID: "7", rmsCode: "")),
    Row(
      name: "turned down inside a success",
      body: data(#"{"orderId":"0","rmscode":"","errormsg":"RMS: margin exceeds"}"#),
      outcome: .rejected(reason: "RMS: margin exceeds")),
    Row(
      name: "turned down with no number at all",
      body: data(#"{"errormsg":"Market is closed","orderId":null}"#),
      outcome: .rejected(reason: "Market is closed")),
    Row(
      name: "turned down with NA", body: data(#"{"orderId":"NA","errormsg":"Scrip is invalid"}"#),
      outcome: .rejected(reason: "Scrip is invalid")),
    Row(
      name: "no number and no reason", body: data(#"{"orderId":"0","errormsg":""}"#),
      outcome: .unclear(why: "HTTP 200 without an order number and without a reason")),
    Row(
      name: "no number, and success", body: data(#"{"orderId":"","errormsg":"Success"}"#),
      outcome: .unclear(why: "HTTP 200 without an order number and without a reason")),
    Row(
      name: "an odd number", body: data(#"{"orderId":"-12","errormsg":"odd"}"#),
      outcome: .unclear(why: "HTTP 200 with an odd order number: odd")),
    Row(
      name: "no records", body: data(#""no_records""#),
      outcome: .unclear(why: "HTTP 200 without an order in it")),
    Row(
      name: "a list", body: data(#"[{"orderId":"7"}]"#),
      outcome: .unclear(why: "HTTP 200 without an order in it")),
    Row(
      name: "nothing of use", body: "{}", outcome: .unclear(why: "HTTP 200 without an order in it")),
    Row(
      name: "an accepted order inside an error",
      body: #"{"status":500,"message":"late","data":{"orderId":"7"}}"#,
      outcome: .unclear(why: "HTTP 200: late")),
    Row(
      name: "an accepted order with an error's kind",
      body: #"{"status":200,"errorType":"x","data":{"orderId":"7"}}"#,
      outcome: .unclear(why: "HTTP 200: x")),
    Row(
      name: "a status that is no number", body: #"{"status":"soon","data":{"orderId":"7"}}"#,
      outcome: .unclear(why: "HTTP 200 without a reason")),
    Row(
      name: "no right to the product", status: 400,
      body: #"{"status":400,"message":"User don't have rights for BIGTRADEPLUS"}"#,
      outcome: .rejected(reason: "400: User don't have rights for BIGTRADEPLUS")),
    Row(
      name: "a body that did not bind", status: 400,
      body:
        #"{"type":"about:blank","title":"Bad Request","status":400,"detail":"Failed to read request"}"#,
      outcome: .rejected(reason: "400: Failed to read request")),
    Row(
      name: "a token that is over", status: 403,
      body: #"{"status":403,"message":"error","errorType":"Access Denied"}"#,
      outcome: .rejected(reason: "403: Access Denied")),
    Row(
      name: "the same inside 200",
      body: #"{"status":"403","message":"error","errorType":"Access Denied"}"#,
      outcome: .rejected(reason: "403: Access Denied")),
    Row(
      name: "a refusal that nobody has seen before", status: 400,
      body: #"{"status":400,"message":"timed out at the exchange"}"#,
      outcome: .unclear(why: "HTTP 400: timed out at the exchange")),
    Row(
      name: "a known refusal that carries an order all the same", status: 400,
      body: #"{"status":400,"message":"User don't have rights for X","data":{"orderId":"7"}}"#,
      outcome: .unclear(why: "HTTP 400: User don't have rights for X")),
    Row(
      name: "too many", status: 429, body: #"{"status":429,"message":"Too many requests"}"#,
      outcome: .unclear(why: "HTTP 429: Too many requests")),
    Row(
      name: "a gateway", status: 502, body: "<html><body>Bad Gateway</body></html>",
      outcome: .unclear(why: "HTTP 502 with a web page")),
    Row(
      name: "a page with status 200", body: "<!DOCTYPE html><html></html>",
      outcome: .unclear(why: "HTTP 200 with a web page")),
    Row(
      name: "a page that forbids", status: 403, body: "<html>Forbidden</html>",
      outcome: .unclear(why: "HTTP 403 with a web page")),
    Row(
      name: "nothing", status: 204, body: "",
      outcome: .unclear(why: "HTTP 204 with an empty answer")),
    Row(
      name: "somewhere else", status: 302, body: #"{"data":{"orderId":"7"}}"#,
      outcome: .unclear(why: "HTTP 302 without a reason")),
    Row(
      name: "cut", body: #"{"status":200,"data":{"orderId":"24658"#,
      outcome: .unclear(why: "HTTP 200 with no message")),
  ]

  @Test(arguments: rows)
  func `means what can be proved, and no more`(_ row: Row) {
    #expect(OrderAnswer.outcome(status: row.status, body: Array(row.body.utf8)) == row.outcome)
  }

  /// The order that is cut at any byte is never taken for another one.
  @Test func `cut anywhere is unclear`() {
    let body = Array(Self.rows[0].body.utf8)
    for length in 0..<body.count {
      guard case .unclear = OrderAnswer.outcome(status: 200, body: Array(body[..<length])) else {
        Issue.record("cut at \(length)")
        continue
      }
    }
  }
}
