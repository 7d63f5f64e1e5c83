import TradingTime

/// The broker's answers around what is asked for.
enum Envelope {
  static func success(_ message: String, _ data: JSON, at now: Instant) -> WireAnswer {
    .json(
      200,
      [
        "status": 200, "message": .string(message),
        "timestamp": .string(MarketTime(now).envelope), "data": data,
      ])
  }

  /// An empty book is a word, not an empty list.
  static func rows(_ message: String, _ rows: [JSON], at now: Instant) -> WireAnswer {
    success(message, rows.isEmpty ? "no_records" : .array(rows), at: now)
  }

  static let invalidRequestToken = WireAnswer.json(
    400,
    ["status": 400, "message": "Request token is invalid", "errorType": "input_error"])

  static let accessDenied = WireAnswer.json(
    403, ["status": 403, "message": "error", "errorType": "Access Denied"])

  static func refused(_ message: String) -> WireAnswer {
    .json(400, ["status": 400, "message": .string(message)])
  }

  /// What the server's framework says to a body that does not parse or bind.
  static func unreadable(_ path: String) -> WireAnswer {
    var answer = WireAnswer.json(
      400,
      [
        "type": "about:blank", "title": "Bad Request", "status": 400,
        "detail": "Failed to read request", "instance": .string(path),
      ])
    answer.contentType = "application/problem+json"
    return answer
  }

  static func notFound(_ path: String) -> WireAnswer {
    .json(404, ["status": 404, "error": "Not Found", "path": .string(path)])
  }
}
