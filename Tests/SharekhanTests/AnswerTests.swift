import Desk
import Testing

@testable import Sharekhan

@Suite(.timeLimit(.minutes(10)))
struct `An answer` {
  let broker: SharekhanClient

  init() throws {
    broker = try reader()
  }

  private func failure(_ answer: RawAnswer) -> String? {
    do {
      return "read as \(try broker.everything(in: answer))"
    } catch {
      return (error as? BrokerError)?.description
    }
  }

  @Test(arguments: Fixture.all)
  func `means the same with numbers and texts exchanged and keys in another order`(
    _ answer: RawAnswer
  ) throws {
    let body = try JSONReader.read(answer.body)
    let plain = try broker.everything(in: answer)
    #expect(try broker.everything(in: answer.with(body.flipped.spelled)) == plain)
    #expect(try broker.everything(in: answer.with(body.reversed.spelled)) == plain)
  }

  @Test func `has the same digest as one that says the same at another time`() {
    func digest(_ body: String, status: Int = 200) -> [UInt8] {
      broker.digest(of: Fixture.answer(.positions, "trades/1", body, status: status))
    }
    let at9 =
      #"{"status":200,"message":"m","timestamp":"2026-11-20T09:20:11+05:30","data":[{"a":1}]}"#
    let at10 = at9.replacing("09:20:11", with: "10:00:00")
    #expect(digest(at9) == digest(at10))
    let spaced = at9.replacing(":\"2026", with: ": \"2026")
    #expect(digest(spaced) == digest(spaced.replacing("09:20:11", with: "10:00:00")))
    #expect(digest(at9).count == 32)

    for other in [
      at9.replacing("\"a\":1", with: "\"a\":2"), at9.replacing("\"m\"", with: "\"n\""),
      at9.replacing("[{", with: "[ {"), at9.replacing("timestamp", with: "timestanp"), "", "{}",
    ] {
      #expect(digest(other) != digest(at9), "\(other)")
    }
    #expect(digest(at9, status: 204) != digest(at9))
    // A time within the data, or an envelope in another order, says something: it counts.
    let within = #"{"data":[{"timestamp":"09:20:11"}]}"#
    #expect(digest(within) != digest(within.replacing("09:20:11", with: "10:00:00")))
    let open = #"{"timestamp":"09"#
    #expect(digest(open) != digest(open + "1"))
  }

  @Test(arguments: Fixture.all)
  func `is empty in the four ways that are known, and in no other`(_ answer: RawAnswer) throws {
    for data in ["[]", "null", "\"no_records\""] {
      let empty = try broker.everything(in: answer.with(Fixture.envelope("x", data)))
      #expect(empty == "[]", "\(data)")
    }
    #expect(try broker.everything(in: answer.with("", status: 204)) == "[]")
    let word = answer.book.word
    func unreadable(_ field: String, _ text: String) -> String {
      "the broker's \(word) answer does not read: \(field) is \"\(text)\"; "
        + "the bytes are in desk.vault"
    }
    #expect(
      failure(answer.with("")) == unreadable("body at byte 0 (the text ends early)", ""))
    #expect(failure(answer.with("[]")) == unreadable("body", "a list"))
    #expect(failure(answer.with("{\"status\":200}")) == unreadable("data", "missing"))
    #expect(failure(answer.with(Fixture.envelope("x", "\"none\""))) == unreadable("data", "none"))
    #expect(
      failure(answer.with(Fixture.envelope("x", "[7]"))) == unreadable("row 1, row", "7"))
  }

  @Test(arguments: [
    (
      400, #"{"status":400,"message":"Request token is invalid","errorType":"input_error"}"#,
      "the broker refused (400): Request token is invalid, input_error"
    ),
    (
      403, #"{"status":403,"message":"error","errorType":"Access Denied"}"#,
      "asha is not signed in: the broker refused the token (403, Access Denied); "
        + "run: muhurat sign-in asha"
    ),
    (
      400, #"{"status":400,"message":"User don't have rights for BIGTRADEPLUS"}"#,
      "the broker refused (400): User don't have rights for BIGTRADEPLUS"
    ),
    (
      400, #"{"status":400,"message":"Invalid Chart Period"}"#,
      "the broker refused (400): Invalid Chart Period"
    ),
    (
      400,
      #"{"type":"about:blank","title":"Bad Request","status":400,"detail":"Failed to read request"}"#,
      "the broker refused (400): Failed to read request"
    ),
    (502, "<html><body>Bad Gateway</body></html>", "the broker refused (502): a web page"),
    (500, "", "the broker refused (500): an empty answer"),
    (
      200, #"{"status":"403","message":"error","errorType":"Access Denied"}"#,
      "asha is not signed in: the broker refused the token (403, Access Denied); "
        + "run: muhurat sign-in asha"
    ),
    (
      200, #"{"status":200,"message":"error","errorType":"x","data":[]}"#,
      "the broker refused (200): x"
    ),
    (
      200, "<html><body>Sorry</body></html>",
      "the broker's positions answer does not read: body at byte 0 (expected a value) is "
        + "\"<html><body>Sorry</body></html>\"; the bytes are in desk.vault"
    ),
  ])
  func `that fails is never read as a book`(_ status: Int, _ body: String, _ text: String) {
    #expect(failure(Fixture.positions.with(body, status: status)) == text)
  }

  @Test(arguments: Fixture.all)
  func `cut at any byte is an error, never a shorter book`(_ answer: RawAnswer) {
    // The history is long; a step that shares no factor with its rows still ends in every kind of
    // place.
    for length in stride(from: 0, to: answer.body.count, by: answer.body.count > 3000 ? 17 : 1) {
      #expect(throws: BrokerError.self, "cut at \(length)") {
        try broker.everything(in: answer.with(Array(answer.body[..<length])))
      }
    }
  }

  @Test func `with any byte changed gives a book or a broker's error and nothing worse`() {
    var random = SeededBytes(seed: 11)
    for answer in Fixture.all {
      for index in stride(from: 0, to: answer.body.count, by: answer.body.count > 3000 ? 41 : 5) {
        var body = answer.body
        body[index] = random.next()
        do {
          _ = try broker.everything(in: answer.with(body))
        } catch {
          #expect(error is BrokerError, "\(error)")
        }
      }
    }
  }

  @Test(arguments: [
    ("\"netQty\":60", "\"netQty\":60.5", "row 1, netQty is \"60.5\""),
    ("\"netQty\":60", "\"netQty\":null", "row 1, netQty is \"missing\""),
    ("\"netQty\":-75", "\"netQty\":\"-75 lots\"", "row 2, netQty is \"-75 lots\""),
    (
      "\"netQty\":-75", "\"netQty\":99999999999999999999",
      "row 2, netQty is \"99999999999999999999\""
    ),
    ("\"mtm\":10.5", "\"mtm\":\"1,050.5\"", "row 2, mtm is \"1,050.5\""),
    ("\"scripCode\":59004", "\"scripCode\":-1", "row 2, scripCode is \"-1\""),
    ("\"exchange\":\"NF\"", "\"exchange\":\"NA\"", "row 2, exchange is \"missing\""),
  ])
  func `with a bad field names book, row, field and text`(
    _ good: String, _ bad: String, _ place: String
  ) {
    let body = String(decoding: Fixture.positions.body, as: UTF8.self)
      .replacing(good, with: bad)
    #expect(
      failure(Fixture.positions.with(body))
        == "the broker's positions answer does not read: \(place); the bytes are in desk.vault")
  }

  @Test func `about another customer is refused`() {
    let body = String(decoding: Fixture.holdings.body, as: UTF8.self)
      .replacing("1234567", with: "7654321")
    #expect(
      failure(Fixture.holdings.with(body))
        == "the broker's holdings answer does not read: row 1, customerId is "
        + "\"7654321, which was not asked for\"; the bytes are in desk.vault")
  }

  @Test func `never puts something as long as a token into an error`() {
    let token = String(repeating: "eyJ0eXAi", count: 40)
    for body in [
      #"{"status":400,"message":"bad token \#(token)"}"#, "{\"a\":\(token)", token,
      Fixture.envelope("x", "[{\"netQty\":\"\(token)\",\"scripCode\":1,\"exchange\":\"NC\"}]"),
    ] {
      let text = failure(Fixture.positions.with(body)) ?? ""
      #expect(!text.contains("eyJ0eXAieyJ0eXAi"), "\(text)")
    }
  }
}
