/// Why a statement has no answer.
///
/// No description carries a parameter, a row's values or a password: these texts end up in logs,
/// in run history and in mail.
package enum PostgresError: Error, Sendable {
  /// The server refused; nothing of the statement stands.
  case server(ServerError)

  /// There was no connection to ask on, so nothing was asked.
  case unavailable(String)

  /// The connection broke after asking: whether the statement took effect is not known.
  case connectionLost(String)

  /// The deadline passed. A change that was under way may or may not stand, unless it ran in a
  /// transaction, which is then rolled back.
  case timedOut(String)

  /// The task was cancelled; the same is known as after `timedOut`.
  case cancelled

  /// COMMIT was sent and no answer came. Read what was written before writing it again.
  case commitUnknown(String)

  /// COMMIT was answered by a rollback, because a statement had failed and the failure was ignored.
  case rolledBack

  /// Statement `index` of a pipeline failed, and none of the `count` stands.
  indirect case pipeline(index: Int, count: Int, PostgresError)

  case decoding(String)
  case encoding(String)

  /// The caller broke a rule of this client.
  case misuse(String)
}

/// What the server said.
package struct ServerError: Hashable, Sendable {
  package let severity: String
  package let sqlState: String
  package let message: String

  /// Often the row's values; never part of a description.
  package let detail: String?
  package let hint: String?
  package let constraint: String?
  package let table: String?

  /// Where in the statement, in characters from 1.
  package let position: Int?
}

extension PostgresError {
  package var server: ServerError? {
    switch self {
    case .server(let error): error
    case .pipeline(_, _, let error): error.server
    default: nil
    }
  }

  package var sqlState: String? { server?.sqlState }

  /// The connection, the server's resources or a conflict were the cause: the same statement may
  /// succeed later. Whether it already took effect is another question.
  package var isTransient: Bool {
    switch self {
    case .unavailable, .connectionLost, .timedOut, .commitUnknown: true
    case .server(let error): ["08", "40", "53", "57"].contains(error.sqlState.prefix(2))
    case .pipeline(_, _, let error): error.isTransient
    case .cancelled, .rolledBack, .decoding, .encoding, .misuse: false
    }
  }
}

extension PostgresError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .server(let error): error.description
    case .unavailable(let reason): "database unavailable: \(reason)"
    case .connectionLost(let reason): "connection to the database lost: \(reason)"
    case .timedOut(let what): "\(what) took longer than its deadline allowed"
    case .cancelled: "the statement was cancelled with its task"
    case .commitUnknown(let reason):
      "commit sent, answer lost (\(reason)); read the rows before writing them again"
    case .rolledBack: "commit refused: an earlier statement of the transaction had failed"
    case .pipeline(let index, let count, let error):
      "statement \(index + 1) of \(count) in a pipeline: \(error)"
    case .decoding(let what), .encoding(let what), .misuse(let what): what
    }
  }
}

extension ServerError: CustomStringConvertible {
  package var description: String {
    let place = position.map { ", at character \($0)" } ?? ""
    let advice = hint.map { " (hint: \($0))" } ?? ""
    return "\(severity) \(sqlState): \(safeMessage)\(place)\(advice)"
  }

  /// Errors of class 22 quote the offending input after a colon, and the input is a parameter.
  private var safeMessage: String {
    guard sqlState.hasPrefix("22") else { return message }
    var kept = ""
    for character in message {
      if kept.hasSuffix(": "), character == "\"" { return kept.dropLast(2) + " (value not shown)" }
      kept.append(character)
    }
    return message
  }
}
