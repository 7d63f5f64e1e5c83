package import Desk
package import Postgres

/// Schema `desk`: the only place where statements about accounts, books, breaks and reports stand.
///
/// Every function takes what to send its statements to, so that a unit of work can put the check of
/// its claim in front of them in the same transaction. Times and dates come from the caller too.
package struct DeskDatabase: Hashable, Sendable {
  package let mode: Mode

  init(mode: Mode) {
    self.mode = mode
  }

  /// Chooses the mode of a new database, or makes sure that this one is of the same mode. The only
  /// way to get a `DeskDatabase`, so no statement can be sent in the wrong mode by mistake; and the
  /// tables would refuse it.
  package static func open(
    _ mode: Mode, on database: any Queryable
  ) async throws -> DeskDatabase {
    try await database.query(
      """
      insert into desk.settings (mode)
      values ($1)
      on conflict do nothing
      """, mode.rawValue)
    let known: String = try await database.query("select mode from desk.settings").one["mode"]
    guard known == mode.rawValue else {
      throw DeskRefusal.otherMode(database: known, ours: mode.rawValue)
    }
    return DeskDatabase(mode: mode)
  }
}

/// What the desk's tables do not allow, in the operator's words.
package enum DeskRefusal: Error, Hashable, Sendable, CustomStringConvertible {
  case otherMode(database: String, ours: String)
  case unknownAccount(String)
  case unusableAccountID(String)
  case unusableCustomer(String)
  case negativeCapital
  case accountExists(String)
  case customerTaken
  case outdatedSnapshot(account: String, taken: String, newer: String)
  case overtakenSnapshot(account: String)
  case notOpened(account: String, session: String)

  package var description: String {
    switch self {
    case .otherMode(let database, let ours):
      "this database is for \(database) trading and this muhurat runs in \(ours) mode; "
        + "use a database of its own for each mode"
    case .unknownAccount(let id):
      "no account '\(id)'; run: muhurat account list"
    case .unusableAccountID(let id):
      "'\(id)' cannot be an account's short name: use 1 to 32 lower-case letters, digits and "
        + "inner hyphens"
    case .unusableCustomer(let text):
      "'\(text)' is no customer number such as 1000001: use 1 to 20 digits"
    case .negativeCapital: "the capital cannot be negative"
    case .accountExists(let id): "there is an account '\(id)' already"
    case .customerTaken: "that customer is another account already"
    case .outdatedSnapshot(let account, let taken, let newer):
      "the books of \(account) taken at \(taken) are older than those of \(newer) on record; "
        + "nothing was written"
    case .overtakenSnapshot(let account):
      "another sync of \(account) came between; nothing was written, and the next reads all books"
    case .notOpened(let account, let session):
      "no books of \(account) are on record for \(session); run: muhurat run sync-positions "
        + "--item \(account)"
    }
  }
}
