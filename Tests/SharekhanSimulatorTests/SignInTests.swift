import FoundationEssentials
import Testing
import TradingTime

@testable import SharekhanSimulator

private let invalidToken =
  #"{"status":400,"message":"Request token is invalid","errorType":"input_error"}"#
private let denied = #"{"status":403,"message":"error","errorType":"Access Denied"}"#

@Suite(.timeLimit(.minutes(10)))
struct `Signing in` {
  @Test(arguments: [nil, "1005", "1006"])
  func `leads from the login page to the books`(version: String?) async throws {
    let rig = try Rig()
    let sealed = try Rig.swapped(try await rig.requestToken(1_000_002, version: version))
    let answer = try await rig.exchange(sealed).json
    #expect(answer.words("message") == "access_token")
    let data = try #require(answer["data"])
    #expect(
      data.shape
        == "broker:string btplusServiceEnabled:bool customerId:string exchanges:array "
        + "fullName:string loginId:string state:string token:string userId:null")
    #expect([data.words("customerId"), data.words("state")] == ["1000002", "12345"])
    let token = data.words("token")
    let book = await rig.get("/skapi/services/trades/1000002", token: token)
    #expect(book.status == 200)
  }

  @Test func `hands out padded tokens in the alphabet of the version`() async throws {
    let rig = try Rig()
    for _ in 0..<20 {
      let plain = try await rig.requestToken()
      let safe = try await rig.requestToken(version: "1005")
      #expect(plain.count == 76 && safe.count == 76)
      #expect(!plain.contains("-") && !plain.contains("_"))
      #expect(!safe.contains("+") && !safe.contains("/"))
    }
  }

  @Test(arguments: [
    "api_key=WRONG&state=1", "state=1", "api_key=SIMULATED-API-KEY-0001&version_id=1004",
    "api_key=SIMULATED-API-KEY-0001&version_id=", "api_key=SIMULATED-API-KEY-0001&version_id=null",
    "api_key=SIMULATED-API-KEY-0001&customer=1000003",
  ])
  func `is refused on the page for`(query: String) async throws {
    let answer = await (try Rig()).get("/skapi/auth/login.html", query: query)
    #expect(answer.status == 400)
    #expect(answer.text.contains("Request is invalid"))
    #expect(answer.location == nil)
  }

  @Test func `takes the older name of the state`() async throws {
    let rig = try Rig()
    let answer = await rig.get(
      "/skapi/auth/login.html", query: "&api_key=\(Rig.key)&user_id=12345")
    #expect(try #require(answer.location).hasSuffix("&state=12345"))
  }

  @Test func `works once for a request token`() async throws {
    let rig = try Rig()
    let sealed = try Rig.swapped(try await rig.requestToken())
    #expect(await rig.exchange(sealed).status == 200)
    let again = await rig.exchange(sealed)
    #expect(again.status == 400)
    #expect(again.text == invalidToken)
  }

  @Test func `demands the swapped order, the right tag and the right key`() async throws {
    let rig = try Rig()
    let received = try await rig.requestToken()
    #expect(await rig.exchange(received).text == invalidToken)
    let spoiled = String(try Rig.swapped(received).dropLast(6)) + "AAAAA="
    #expect(await rig.exchange(spoiled).text == invalidToken)
    let sealed = try Rig.swapped(received)
    let wrongKey = await rig.post(
      "/skapi/services/access/token", #"{"apiKey":"OTHER","requestToken":"\#(sealed)"}"#)
    #expect(wrongKey.text == invalidToken)
    #expect(await rig.exchange(sealed).status == 200, "a refused try must not use the token up")
  }

  @Test func `gives a token of type sec that ends with the day in India`() async throws {
    let rig = try Rig(at: "2026-07-09T08:30:00+05:30")
    let token = try await rig.signIn()
    let parts = token.split(separator: ".")
    #expect(parts.first == "eyJ0eXAiOiJzZWMiLCJhbGciOiJIUzI1NiJ9")
    #expect((300...450).contains(token.count))
    let padded = parts[1] + String(repeating: "=", count: (4 - parts[1].count % 4) % 4)
    let payload = try #require(Data(base64Encoded: String(padded)))
    let claims = try #require(JSON(reading: payload))
    let issued = try #require(Instant(rfc3339: "2026-07-09T08:30:00+05:30"))
    let end = try #require(Instant(rfc3339: "2026-07-09T23:59:59+05:30"))
    #expect(claims.number("iat") == Int(issued.secondsSinceEpoch))
    #expect(claims.number("exp") == Int(end.secondsSinceEpoch))
    #expect(!String(decoding: payload, as: UTF8.self).contains("1000001"))
  }
}

@Suite(.timeLimit(.minutes(10)))
struct `An access token` {
  @Test func `stops working at the end of the day`() async throws {
    let rig = try Rig()
    let token = try await rig.signIn()
    await rig.move(to: "2026-07-09T23:59:58+05:30")
    #expect(await rig.get("/skapi/services/holdings/1000001", token: token).status == 200)
    await rig.move(to: "2026-07-09T23:59:59+05:30")
    let late = await rig.get("/skapi/services/holdings/1000001", token: token)
    #expect(late.status == 403)
    #expect(late.text == denied)
  }

  @Test(arguments: [
    "/trades/1000001", "/holdings/1000001", "/reports/1000001", "/limitstmt/NC/1000001",
    "/reports/NC/1000001/1", "/reports/NC/1000001/1/trades", "/orders/NC/1000001/1/trades",
    "/historical/NC/2885/daily", "/logout/1000001", "/nowhere",
  ])
  func `is demanded for`(path: String) async throws {
    let rig = try Rig()
    let token = try await rig.signIn()
    for wrong in [nil, "", "abc", token + "x", String(token.dropLast(3))] {
      let answer = await rig.get("/skapi/services" + path, token: wrong)
      #expect(answer.status == 403)
      #expect(answer.text == denied)
    }
    let noKey = await rig.get("/skapi/services" + path, token: token, key: nil)
    #expect(noKey.text == denied)
  }

  @Test func `is not demanded for the scrip master`() async throws {
    let answer = await (try Rig()).get("/skapi/services/master/NC", key: nil)
    #expect(answer.status == 200)
  }

  @Test func `opens only its own customer's books`() async throws {
    let rig = try Rig()
    let token = try await rig.signIn(1_000_001)
    for path in ["/trades/1000002", "/limitstmt/NC/1000002", "/reports/NC/1000002/1"] {
      #expect(await rig.get("/skapi/services" + path, token: token).text == denied)
    }
    let order = await rig.post(
      "/skapi/services/orders", #"{"requestType":"CANCEL","customerId":1000002,"orderId":"1"}"#,
      token: token)
    #expect(order.text == denied)
  }

  @Test func `ends with a logout, others do not`() async throws {
    let rig = try Rig()
    let (one, other) = (try await rig.signIn(), try await rig.signIn())
    #expect(await rig.get("/skapi/services/logout/1000001", token: one).status == 200)
    #expect(await rig.get("/skapi/services/trades/1000001", token: one).status == 403)
    #expect(await rig.get("/skapi/services/trades/1000001", token: other).status == 200)
  }

  @Test func `outlives a restart of the simulator`() async throws {
    let token = try await (try Rig()).signIn()
    let restarted = try Rig()
    #expect(await restarted.get("/skapi/services/trades/1000001", token: token).status == 200)
    let other = try Rig { $0.seed = 2 }
    #expect(await other.get("/skapi/services/trades/1000001", token: token).status == 403)
  }
}
