import Desk
import Postgres
import Support
import Testing

@testable import DeskStore

@Suite(.freshDatabase(deskTemplate), .timeLimit(.minutes(10)))
struct `The vault of broker answers` {
  private func answer(
    _ text: String, second: Int64, status: Int = 200, book: Book = .positions,
    path: String = "GET /trades/1000001"
  ) -> RawAnswer {
    RawAnswer(
      book: book, accountID: "asha", requestedAt: at(second), receivedAt: at(second + 1),
      status: status, body: Array(text.utf8), request: path)
  }

  @Test func `gives back the last good answer byte for byte`() async throws {
    let bench = try await DeskBench.open()
    let desk = bench.desk
    for (text, second, status) in [
      ("{\"data\":[]}", Int64(1), 200), ("{\"data\":[\u{1F600}]}", 5, 200), ("<html>", 9, 502),
    ] {
      _ = try await desk.keep(
        answer(text, second: second, status: status), session: friday, on: bench.database)
    }
    let latest = try await desk.latestAnswer(
      .positions, account: "asha", session: friday, on: bench.database)
    #expect(latest == answer("{\"data\":[\u{1F600}]}", second: 5))
    #expect(
      try await desk.latestAnswer(.positions, account: "asha", session: monday, on: bench.database)
        == nil)
    #expect(
      try await bench.lines("select encode(sha256, 'hex') from desk.vault where status = 502")
        == ["b7d082ee12e91b756ea22e8513b8594eebcf5d39fab813da3cb55794dc888ad7"])
  }

  @Test func `tells the limit statements of two exchanges apart`() async throws {
    let bench = try await DeskBench.open()
    for exchange in ["NC", "NF"] {
      _ = try await bench.desk.keep(
        answer(
          exchange, second: 1, book: .funds(exchange: exchange),
          path: "GET /limitstmt/\(exchange)/1000001"),
        session: friday, on: bench.database)
    }
    let cash = try await bench.desk.latestAnswer(
      .funds(exchange: "NC"), account: "asha", session: friday, on: bench.database)
    #expect(cash.map { String(decoding: $0.body, as: UTF8.self) } == "NC")
  }

  @Test func `takes the number of rows once and nothing else ever`() async throws {
    let bench = try await DeskBench.open()
    let id = try await bench.desk.keep(answer("[]", second: 1), session: friday, on: bench.database)
    try await bench.desk.note(rows: 3, in: id, on: bench.database)
    try await bench.desk.note(rows: 4, in: id, on: bench.database)
    #expect(try await bench.lines("select row_count::text from desk.vault") == ["3"])
    for change in [
      "update desk.vault set body = 'x'", "update desk.vault set row_count = 9",
      "delete from desk.vault",
    ] {
      let refusal = await complaint { try await bench.database.execute(script: change) }
      #expect(refusal.contains("desk.vault is append-only"), "\(change)")
    }
  }

  @Test func `lists what is in it, newest first, and gives an answer whole`() async throws {
    let bench = try await DeskBench.open()
    let desk = bench.desk
    var ids: [Int64] = []
    for (second, status) in [(Int64(1), 200), (5, 502), (9, 200)] {
      ids.append(
        try await desk.keep(
          answer("body \(second)", second: second, status: status),
          session: second < 9 ? friday : monday, on: bench.database))
    }
    try await desk.note(rows: 4, in: ids[0], on: bench.database)
    func list(_ filter: VaultFilter, before: Int64? = nil, limit: Int = 9) async throws -> [Int64] {
      try await desk.vaultEntries(filter, before: before, limit: limit, on: bench.database)
        .map(\.id)
    }
    #expect(try await list(VaultFilter()) == ids.reversed())
    #expect(try await list(VaultFilter(), limit: 1) == [ids[2]])
    #expect(try await list(VaultFilter(), before: ids[2]) == [ids[1], ids[0]])
    #expect(try await list(VaultFilter(from: monday)) == [ids[2]])
    #expect(try await list(VaultFilter(through: friday, account: "asha")) == [ids[1], ids[0]])
    #expect(try await list(VaultFilter(account: "ravi")) == [])
    #expect(try await list(VaultFilter(book: "orders")) == [])
    let (entry, body) = try #require(try await desk.vaultAnswer(ids[0], on: bench.database))
    #expect(body == Array("body 1".utf8))
    #expect(
      entry
        == VaultEntry(
          id: ids[0], accountID: "asha", book: "positions", request: "GET /trades/1000001",
          status: 200, requestedAt: at(1), receivedAt: at(2), session: friday,
          sha256: "e92b667eb438d66f429e37c1aab76513c1953666b7cb7997f739bfa786723cfd", size: 6,
          rows: 4))
    #expect(try await desk.vaultAnswer(ids[2] + 1, on: bench.database) == nil)
    #expect(try await desk.vaultNumbers(VaultFilter(), on: bench.database) == ids)
    #expect(try await desk.vaultNumbers(VaultFilter(from: monday), on: bench.database) == [ids[2]])
    let answers = try await desk.vaultAnswers(
      [ids[2], ids[1], ids[2] + 1], on: bench.database)
    #expect(
      answers.map(\.answer) == [
        answer("body 5", second: 5, status: 502), answer("body 9", second: 9),
      ])
  }

  static let books: [(Book, String)] = [
    (.orders, "reports/1000001"), (.positions, "trades/1000001"), (.holdings, "holdings/1000001"),
    (.funds(exchange: "MX"), "limitstmt/MX/1000001"),
    (.history(exchange: "NF", orderID: "501"), "reports/NF/1000001/501"),
    (.trades(exchange: "NC", orderID: "501"), "reports/NC/1000001/501/trades"),
    (.trades(exchange: "NC", orderID: "501"), "orders/NC/1000001/501/trades"),
    (.master(exchange: "NC"), "master/NC"), (.masterTable(exchange: "NC"), "master/csv/NC"),
    (
      .candles(exchange: "NC", scripCode: 2885, interval: "5minute"), "historical/NC/2885/5minute"
    ),
  ]

  @Test(arguments: books)
  func `names a book so that it is found again`(_ book: Book, _ path: String) {
    #expect(Book(word: book.word, request: "GET /skapi/services/\(path)") == book)
  }
}
