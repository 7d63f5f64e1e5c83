/// Why the broker gave no usable answer. The text never holds a token, a key or an order's terms.
package enum BrokerError: Error, Hashable, Sendable {
  /// No token, or a dead one; a person must sign in.
  case notSignedIn(account: String, reason: String)
  /// The broker answered and said no.
  case refused(status: Int, message: String)
  /// Nobody answered: no connection, name, or TLS.
  case unavailable(reason: String)
  case timedOut(request: String, after: Duration)
  /// The answer is in the vault, but a row does not read; `row` counts from 1, nil for the whole.
  case unreadable(book: Book, row: Int?, field: String, text: String)
  /// The answer reads, but cannot be the whole one.
  case incomplete(reason: String)

  /// Whether asking again shortly may help. Only for reads: an order's outcome is never guessed.
  package var isTransient: Bool {
    switch self {
    case .unavailable, .timedOut, .incomplete: true
    case .refused(let status, _): status == 408 || status == 429 || (500...599).contains(status)
    // One that was cut off comes whole another time; a row that does not read is no accident.
    case .unreadable(_, let row, _, _): row == nil
    case .notSignedIn: false
    }
  }
}

extension BrokerError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notSignedIn(let account, let reason):
      "\(account) is not signed in: \(reason); run: muhurat sign-in \(account)"
    case .refused(let status, let message):
      "the broker refused (\(status)): \(message)"
    case .unavailable(let reason):
      "the broker cannot be reached: \(reason)"
    case .timedOut(let request, let limit):
      "the broker did not answer \(request) within \(limit.inSeconds)"
    case .unreadable(let book, let row, let field, let text):
      "the broker's \(book.word) answer does not read: \(row.map { "row \($0), " } ?? "")"
        + "\(field) is \"\(text.prefix(80))\"; the bytes are in desk.vault"
    case .incomplete(let reason):
      "the broker's answer cannot be the whole: \(reason)"
    }
  }
}

extension Duration {
  /// `8 s`, `0.651 s`: a limit is what was left of another, to the last nanosecond.
  fileprivate var inSeconds: String {
    let milliseconds = Int((self / .milliseconds(1)).rounded())
    return milliseconds % 1000 == 0
      ? "\(milliseconds / 1000) s" : "\(Double(milliseconds) / 1000) s"
  }
}
