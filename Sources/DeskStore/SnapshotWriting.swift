import Desk
package import Postgres

/// The statements that make one sync, and what their answers say of it.
package struct SnapshotWriting: Sendable {
  package private(set) var statements: [Statement] = []

  let opening: DeskDatabase.Opening
  private let number: Int64
  private let books: [String]
  private let newFills: [Fill]
  private let notes: [String]
  /// Where their answers will stand; of the opening's statements the last.
  private var positionsPlace: Int?
  private var openingPlace: Int?

  init(
    number: Int64, books: [String], newFills: [Fill], notes: [String],
    opening: DeskDatabase.Opening
  ) {
    self.number = number
    self.books = books
    self.newFills = newFills
    self.notes = notes
    self.opening = opening
  }

  package mutating func add(_ more: [Statement]) { statements += more }

  mutating func addPositions(_ one: Statement) {
    positionsPlace = statements.count
    statements.append(one)
  }

  mutating func addOpening(_ more: [Statement]) {
    statements += more
    openingPlace = statements.count - 1
  }

  package func applied(_ answers: [Rows]) throws -> AppliedSnapshot {
    let counted = try positionsPlace.map { try answers[$0].one }
    func count(_ column: String) throws -> Int {
      Int(try counted?.decode(column, as: Int64.self) ?? 0)
    }
    return AppliedSnapshot(
      id: number, books: books, newFills: newFills,
      newPositions: try count("fresh"), changedPositions: try count("changed"),
      closedPositions: try count("closed"),
      notes: notes + (try openingNotes(answers)))
  }

  private func openingNotes(_ answers: [Rows]) throws -> [String] {
    switch opening {
    case .known: return []
    case .carried:
      return try (openingPlace.map { answers[$0] } ?? nil)?.map { row in
        "expired: \(try row.decode("quantity", as: Int64.self)) of \(try row.key()) "
          + "(\(try row.decode("symbol", as: String.self))) expired on "
          + "\(try row.date("expired_on")) and are not carried; what they settled at is in no fill"
      } ?? []
    case .impossible: return ["opening: not yet, because the first position book is missing"]
    case .adopted:
      let count = openingPlace.map { answers[$0].affected } ?? 0
      return ["opening: \(count) instruments adopted from the broker, as this is the first day"]
    }
  }
}
