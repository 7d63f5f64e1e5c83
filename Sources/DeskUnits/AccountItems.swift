import Desk
import DeskStore
import JobStore

extension ItemSource {
  /// `for_each: account`: every enabled account, read when a slot is decided.
  static func accounts(_ desk: DeskDatabase) -> ItemSource {
    ItemSource("account") { database in
      try await desk.accounts(onlyEnabled: true, on: database).map(\.id)
    }
  }
}
