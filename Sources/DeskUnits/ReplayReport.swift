package import TradingTime

/// What reading a span of the vault again would change.
package struct ReplayReport: Sendable, Encodable {
  /// One book of one account, over the span.
  package struct Line: Hashable, Sendable, Encodable {
    package var book: String
    package var account: String?
    package var answers = 0
    /// Answers with which the broker said no; nothing is read in them.
    package var refused = 0
    package var unreadable = 0
    /// By the count that was noted then, over the answers that have one.
    package var rowsThen = 0
    package var rowsNow = 0
    package var added = 0
    package var removed = 0
    package var changed = 0

    enum CodingKeys: String, CodingKey {
      case book, account, answers, refused, unreadable
      case rowsThen = "rows_then"
      case rowsNow = "rows_now"
      case added, removed, changed
    }
  }

  package struct Difference: Hashable, Sendable, Encodable {
    package var answer: Int64
    package var book: String
    package var account: String?
    package var businessDate: CivilDate
    package var what: String

    enum CodingKeys: String, CodingKey {
      case answer, book, account
      case businessDate = "business_date"
      case what
    }
  }

  package internal(set) var lines: [Line] = []
  /// The first of them, in the order of the answers; `unlisted` more were found.
  package internal(set) var differences: [Difference] = []
  package internal(set) var unlisted = 0

  /// Whether anything would be another than it is.
  package var changesNothing: Bool { differences.isEmpty }

  static let listed = 200
}

extension ReplayReport {
  mutating func count(_ book: String, _ account: String?, _ change: (inout Line) -> Void) {
    let place = lines.firstIndex { $0.book == book && $0.account == account } ?? lines.endIndex
    if place == lines.endIndex { lines.append(Line(book: book, account: account)) }
    change(&lines[place])
  }

  mutating func note(_ difference: Difference) {
    if differences.count < Self.listed { differences.append(difference) } else { unlisted += 1 }
  }
}
