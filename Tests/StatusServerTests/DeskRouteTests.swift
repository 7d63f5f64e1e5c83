import Desk
import JobStore
import Jobs
import Postgres
import Support
import Testing
import TradingTime

@testable import DeskStore
@testable import StatusServer

extension DeskFace {
  /// For looking at routes alone: nothing is asked of the database.
  static func unopened(_ pool: Postgres.Pool) -> DeskFace {
    DeskFace(database: DeskDatabase(mode: .paper), pool: pool)
  }
}

@Suite(.freshDatabase(houseTemplate), .timeLimit(.minutes(10)))
struct `The desk over HTTP` {
  private func desk(_ books: Books) async throws -> DeskFace {
    DeskFace(database: try await DeskDatabase.open(.paper, on: books.pool), pool: books.pool)
  }

  @Test func `accounts are created, listed and shown without the broker's number`() async throws {
    let books = try await Books(at: "2026-07-09T10:00:00+05:30", jobs: [sync()])
    try await Face.serving(books.store, desk: try await desk(books)) { face in
      let created = try await face.post(
        "/api/users/create",
        #"{"id": "asha", "customer_id": "1000001", "name": "Asha Rao", "capital": "500000"}"#)
      #expect(created.status == 201)
      #expect(created.header("location") == "/api/users/asha")
      let user: JSONValue = [
        "id": "asha", "name": "Asha Rao", "mode": "paper", "is_enabled": true,
      ]
      #expect(try created.json() == user)
      #expect(try await face.get("/api/users/list").json() == [user])
      let shown = try await face.get("/api/users/asha")
      #expect(try shown.json() == user)
      #expect(!shown.body.contains("1000001"))
      let again = try await face.post(
        "/api/users/create", #"{"id": "asha", "customer_id": "1000002"}"#)
      #expect(again.status == 409)
      let odd = try await face.post("/api/users/create", #"{"id": "A b", "customer_id": "3"}"#)
      #expect(odd.status == 400)
      #expect(try await face.post("/api/users/create", "{}").status == 400)
      let number = try await face.post(
        "/api/users/create", #"{"id": "zed", "customer_id": "12 OR x/../"}"#)
      #expect(number.status == 400)
      #expect(
        number.problem?["detail"]
          == "'12 OR x/../' is no customer number such as 1000001: use 1 to 20 digits")
      let debt = try await face.post(
        "/api/users/create", #"{"id": "zed", "customer_id": "3", "capital": "-5"}"#)
      #expect(debt.status == 400)
      let unknown = try await face.get("/api/users/ravi")
      #expect(unknown.status == 404)
      #expect(
        unknown.problem?["detail"] == "there is no account 'ravi'; accounts are: asha")
    }
    #expect(try await books.store.audit().map(\.action) == ["create account"])
    #expect(try await books.store.audit().map(\.actor) == ["api:asha"])
  }

  @Test func `positions come with ages, ledger and prices, a missing price staying missing`()
    async throws
  {
    let books = try await Books(at: "2026-07-09T10:00:00+05:30", jobs: [sync()])
    let desk = try await desk(books)
    try await fill(desk, books)
    try await Face.serving(books.store, desk: desk) { face in
      let answer = try await face.get("/api/users/asha/positions").json()
      let summary = try #require(answer["summary"])
      #expect(summary["open_positions"] == 2)
      #expect(summary["unpriced"] == 1)
      #expect(summary["market_value"] == nil, "one price is missing, so the sum is")
      #expect(summary["age_seconds"] == 30)
      let lines = try #require(answer["positions"]?.elements)
      #expect(lines.map { $0["symbol"] } == ["INFY", "TCS"])
      #expect(lines.first?["last_price"] == "1536.25")
      #expect(lines.first?["market_value"] == "153625")
      #expect(lines.first?["unrealised_profit"] == "1585")
      #expect(lines.first?["price_age_seconds"] == 60)
      #expect(lines.last?["last_price"] == nil)
      let best: JSONValue = [
        "age_seconds": 2, "levels_age_seconds": 30,
        "levels": [
          ["price": "1536.2", "quantity": 427, "orders": 3], ["price": "1536", "quantity": 51],
        ],
      ]
      #expect(lines.first?["bids"] == best)
      #expect(lines.first?["asks"] == nil && lines.last?["bids"] == nil, "never told")
      let readiness = try await face.get("/api/system/status/asha").json()
      #expect(readiness["is_ready"] == false)
      #expect(
        readiness["checks"]?.elements.map { $0["detail"] } == [
          "jobs run for it", "never synced", "synced 30s ago", "never synced", "never synced",
        ])
      #expect(
        readiness["checks"]?.elements.map { $0["is_ready"] } == [true, false, true, false, false])
      try await books.pool.execute(
        script: "update desk.position set seen_at = seen_at - interval '3 minutes';"
          + "update desk.snapshot set taken_at = taken_at - interval '3 minutes'")
      let later = try await face.get("/api/system/status/asha").json()
      #expect(later["checks"]?.elements[2]["is_ready"] == false, "three minutes old")
      #expect(later["checks"]?.elements[2]["age_seconds"] == 210)
      try await eventually("the page knows the accounts") {
        face.server.board.snapshot.accounts?.value.count == 1
      }
    }
  }

  private func fill(_ desk: DeskFace, _ books: Books) async throws {
    let database = desk.database
    try await database.add(
      Account(id: "asha", customerID: "1000001", mode: .paper), on: books.pool)
    try await books.pool.execute(
      script: """
        insert into desk.snapshot (mode, account, business_date, taken_at, books)
        values ('paper', 'asha', '2026-07-09', '2026-07-09 09:59:30+05:30', '{positions}');
        insert into desk.position (mode, account, business_date, exchange, scrip_code, product, symbol, buy_quantity, sell_quantity,
                                   net_quantity, average_price, first_snapshot, last_snapshot, seen_at)
        select 'paper', 'asha', '2026-07-09', 'NC', code, 'INV', symbol, 100, 0, 100, 1520.40, 1, 1, '2026-07-09 09:59:30+05:30'
          from (values (1594, 'INFY'), (11536, 'TCS')) as s(code, symbol);
        insert into desk.price (mode, exchange, scrip_code, last, at, source)
        values ('paper', 'NC', 1594, 1536.25, '2026-07-09 09:59:00+05:30', 'feed');
        insert into desk.depth
          (mode, exchange, scrip_code, side, prices, quantities, orders, told_at, levels_told_at)
        values ('paper', 'NC', 1594, 'buy', '{1536.2,1536}', '{427,51}', '{3,null}',
          '2026-07-09 09:59:58+05:30', '2026-07-09 09:59:30+05:30');
        """)
  }

  @Test func `syncing an account is a run of the job with that unit`() async throws {
    var prices = sync("update-prices")
    prices.work = .unit("update-prices")
    let books = try await Books(
      at: "2026-07-09T10:00:00+05:30", jobs: [sync("mirror", forEach: "account"), prices])
    let desk = try await desk(books)
    try await desk.database.add(
      Account(id: "asha", customerID: "1000001", mode: .paper), on: books.pool)
    var workshop = Workshop()
    workshop.add(ItemSource("account") { _ in ["asha"] })
    try await Face.serving(books.store, desk: desk, workshop: workshop) { face in
      let answer = try await face.post(
        "/api/users/asha/sync-positions", #"{"reason": "stale books"}"#)
      #expect(answer.status == 202)
      #expect(try answer.json()["job"] == "mirror")
      #expect(try answer.json()["item"] == "asha")
      let priced = try await face.post("/api/users/asha/update-position-prices")
      #expect(priced.status == 202)
      #expect(try priced.json()["item"] == nil)
      #expect(try await face.post("/api/users/ravi/sync-positions").status == 404)
    }
    #expect(try await books.store.runs().map(\.job) == ["update-prices", "mirror"])
    #expect(try await books.store.runs().last?.requestReason == "stale books")
  }

  @Test func `the day's report comes in the form that was asked for`() async throws {
    let books = try await Books(at: "2026-07-09T18:00:00+05:30", jobs: [sync()])
    let desk = try await desk(books)
    let kept = try await desk.database.keepReport(
      session: try day("2026-07-09"), verdict: "ok", text: "all well", html: "<b>all well</b>",
      csv: "a,b", json: #"{"verdict":"ok"}"#, on: books.pool)
    try await Face.serving(books.store, desk: desk) { face in
      func form(_ accept: String) async throws -> Face.Answer {
        try await face.get(
          "/api/reports/2026-07-09", headers: [(name: "Accept", value: accept)])
      }
      #expect(try await form("*/*").json() == ["verdict": "ok"])
      #expect(try await form("text/plain").body == "all well")
      #expect(try await form("text/csv").body == "a,b")
      let page = try await form("text/html")
      #expect(page.body == "<b>all well</b>")
      #expect(page.header("content-security-policy")?.hasSuffix("sandbox") == true)
      #expect(page.header("etag") == "\"\(kept.sha256)\"")
      #expect(try await face.get("/api/reports/2026-07-08").status == 404)
      #expect(try await face.get("/api/reports/today").status == 404)
      #expect(try await face.get("/api/breaks").json() == [])
      #expect(try await face.get("/api/breaks?date=nonsense").status == 400)
    }
  }
}
