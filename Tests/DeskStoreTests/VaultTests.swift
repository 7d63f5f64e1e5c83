import Desk
import Postgres
import Support
import Testing

@testable import DeskStore

@Suite(.freshDatabase(deskTemplate), .timeLimit(.minutes(1)))
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
}
