import Desk
import DeskStore
import JobStore
import Jobs
import Postgres
import TradingTime

extension Gate {
  /// `signed_in`: the account of the item has a sign-in that holds now, or until the end that was
  /// asked about; for a job without items, that some enabled account has, because prices are
  /// everyone's.
  static func signedIn(_ tools: DeskTools) -> Gate {
    Gate("signed_in") { question, database in
      if let item = question.item {
        let account = try await tools.desk.account(item, on: database)
        return tools.whyNotSignedIn(account, through: question.through).map { .closed($0) } ?? .open
      }
      let accounts = try await tools.desk.accounts(onlyEnabled: true, on: database)
      let reasons = accounts.compactMap { tools.whyNotSignedIn($0, through: question.through) }
      if reasons.count < accounts.count { return .open }
      return .closed(
        accounts.isEmpty
          ? "no account is enabled; run: muhurat account add" : reasons.joined(separator: "; "))
    }
  }
}

extension DeskTools {
  /// Nil if the account is signed in.
  ///
  /// - Parameter end: until when it has to last; nil: now.
  func whyNotSignedIn(_ account: Account, through end: Instant? = nil) -> String? {
    let reason: String
    switch broker.signInState(of: account) {
    case .signedIn(let until) where until > end ?? now(): return nil
    case .signedIn(let until) where until > now():
      return "\(account.id)'s sign-in ends \(until.rfc3339(in: almanac.homeZone)), before the "
        + "session does; run: muhurat sign-in \(account.id)"
    case .signedIn(let until): reason = "the sign-in ended \(until.rfc3339(in: almanac.homeZone))"
    case .notSignedIn(let why): reason = why
    }
    return "\(account.id) is not signed in: \(reason); run: muhurat sign-in \(account.id)"
  }
}
