import Desk

/// The envelope around every answer: rows, one of the four ways to say "nothing", or a failure.
/// Only these four are ever taken for empty; whatever else does not read is an error, never "flat".
enum Answer {
  static func rows(of answer: RawAnswer) throws -> [Row] {
    guard answer.status != 204 else { return [] }
    let data = try data(of: answer)
    switch data {
    case .null: return []
    case .text(let word) where word == "no_records": return []
    case .list(let rows):
      return try rows.enumerated().map { index, json in
        guard case .object = json else {
          throw BrokerError.unreadable(
            book: answer.book, row: index + 1, field: "row", text: Shown.text(json.shown))
        }
        return Row(book: answer.book, number: index + 1, json: json)
      }
    case .object: return [Row(book: answer.book, number: 1, json: data)]
    case .text, .number, .bool: throw unreadable(answer, "data", data.shown)
    }
  }

  /// The same, row by row as they are read. What `body` throws counts only if the answer is none of
  /// the failures, and if the rest of it reads.
  static func eachRow(of answer: RawAnswer, _ body: (Row) throws -> Void) throws {
    var number = 0
    var refusal: (any Error)?
    let rest = Result { () throws(JSONProblem) in
      try JSONReader.read(answer.body, eachOf: "data") { element in
        number += 1
        guard refusal == nil else { return }
        do {
          guard case .object = element else {
            throw BrokerError.unreadable(
              book: answer.book, row: number, field: "row", text: Shown.text(element.shown))
          }
          try body(Row(book: answer.book, number: number, json: element))
        } catch {
          refusal = error
        }
      }
    }
    guard number > 0, case .success(let envelope) = rest else {
      // Nothing was given on that will be given again: a list that broke off has failed.
      for row in try rows(of: answer) { try body(row) }
      return
    }
    if let failure = failure(
      answer.status, envelope, bytes: answer.body, account: answer.accountID)
    {
      throw failure
    }
    if let refusal { throw refusal }
  }

  private static func data(of answer: RawAnswer) throws -> JSON {
    let body = Result { () throws(JSONProblem) in try JSONReader.read(answer.body) }
    if let failure = failure(
      answer.status, try? body.get(), bytes: answer.body, account: answer.accountID)
    {
      throw failure
    }
    switch body {
    case .failure(let problem):
      throw unreadable(
        answer, "body at byte \(problem.offset) (\(problem.problem))",
        String(decoding: answer.body.prefix(120), as: UTF8.self))
    case .success(let envelope):
      guard case .object = envelope else { throw unreadable(answer, "body", envelope.shown) }
      guard let data = envelope["data"] else { throw unreadable(answer, "data", "missing") }
      return data
    }
  }

  /// What the broker refused, by HTTP status or inside an answer with status 200.
  static func failure(_ httpStatus: Int, _ bytes: [UInt8], account: String?) -> BrokerError? {
    failure(httpStatus, try? JSONReader.read(bytes), bytes: bytes, account: account)
  }

  private static func failure(
    _ httpStatus: Int, _ body: JSON?, bytes: [UInt8], account: String?
  ) -> BrokerError? {
    let inner = body?["status"]?.scalar.flatMap { Int($0) }
    let kind = body.flatMap { body in
      ["errorType", "error_type", "errorcode"].lazy.compactMap { body[$0]?.scalar }.first
    }
    var status = httpStatus
    if (200...299).contains(status), let inner, !(200...299).contains(inner) { status = inner }
    guard !(200...299).contains(status) || kind != nil else { return nil }
    let words = [body?["message"]?.scalar, kind, body?["detail"]?.scalar]
      .compactMap { $0 }.filter { $0 != "error" }
    let message = words.isEmpty ? described(bytes) : Shown.text(words.joined(separator: ", "))
    if status == 401 || status == 403 {
      return .notSignedIn(
        account: account ?? "(no account)",
        reason: "the broker refused the token (\(status), \(message))")
    }
    return .refused(status: status, message: message)
  }

  static func described(_ body: [UInt8]) -> String {
    if body.isEmpty { return "an empty answer" }
    let start = String(decoding: body.prefix(200), as: UTF8.self).lowercased()
    return start.contains("<html") || start.contains("<!doctype") ? "a web page" : "no message"
  }

  private static func unreadable(_ answer: RawAnswer, _ field: String, _ text: String)
    -> BrokerError
  {
    .unreadable(book: answer.book, row: nil, field: field, text: Shown.text(text))
  }
}
