import Threads
import TradingTime

/// What the last sync of each account applied. A book that the broker shows again as it was is
/// neither read nor written again: to a desk that looks twice a minute, orders and holdings mostly
/// say the same.
///
/// A cache and no more. It counts only while the account's newest snapshot in the database is the
/// very one that was remembered, so a sync by another process, a restored backup or a newer program
/// makes every book be read anew.
final class BookMemory: Sendable {
  struct Applied: Sendable {
    let session: CivilDate
    let snapshot: Int64
    let books: [String: KnownBook]
  }

  struct KnownBook: Hashable, Sendable {
    /// See `Broker.digest`.
    let digest: [UInt8]
    let rows: Int
  }

  private let accounts = Locked<[String: Applied]>([:])

  /// - Parameter newest: the number of the account's newest snapshot in the database.
  func applied(_ account: String, on session: CivilDate, newest: Int64?) -> Applied? {
    let known = accounts.withLock { $0[account] }
    guard let known, known.snapshot == newest, known.session == session else { return nil }
    return known
  }

  /// Nil: nothing of this account may be taken for known.
  func remember(_ applied: Applied?, of account: String) {
    accounts.withLock { $0[account] = applied }
  }
}
