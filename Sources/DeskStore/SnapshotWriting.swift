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
  /// Where their answers will stand: of the position book's two statements the first, of the
  /// opening's the last.
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

  mutating func addPositions(_ more: [Statement]) {
    positionsPlace = statements.count
    statements += more
  }

  mutating func addOpening(_ more: [Statement]) {
    statements += more
    openingPlace = statements.count - 1
  }

  package func applied(_ answers: [Rows]) throws -> AppliedSnapshot {
    let counted = try positionsPlace.map { try answers[$0].one }
    return AppliedSnapshot(
      id: number, books: books, newFills: newFills,
      newPositions: Int(try counted?.decode("fresh", as: Int64.self) ?? 0),
      changedPositions: Int(try counted?.decode("changed", as: Int64.self) ?? 0),
      closedPositions: positionsPlace.map { answers[$0 + 1].affected } ?? 0,
      notes: notes + openingNotes(answers))
  }

  private func openingNotes(_ answers: [Rows]) -> [String] {
    switch opening {
    case .known, .carried: return []
    case .impossible: return ["opening: not yet, because the first position book is missing"]
    case .adopted:
      let count = openingPlace.map { answers[$0].affected } ?? 0
      return ["opening: \(count) instruments adopted from the broker, as this is the first day"]
    }
  }
}
