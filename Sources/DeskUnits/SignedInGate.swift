import Desk
import DeskStore
import JobStore
import Jobs
import Postgres
import TradingTime

extension Gate {
  /// `signed_in`: the account of the item has a sign-in that holds now; for a job without items,
  /// that some enabled account has, because prices are everyone's.
  static func signedIn(_ tools: DeskTools) -> Gate {
    Gate("signed_in") { question, database in
      if let item = question.item {
        let account = try await tools.desk.account(item, on: database)
        return tools.whyNotSignedIn(account).map { .closed($0) } ?? .open
      }
      let accounts = try await tools.desk.accounts(onlyEnabled: true, on: database)
      let reasons = accounts.compactMap(tools.whyNotSignedIn)
      if reasons.count < accounts.count { return .open }
      return .closed(
        accounts.isEmpty
          ? "no account is enabled; run: muhurat account add" : reasons.joined(separator: "; "))
    }
  }
}

extension DeskTools {
  /// Nil if the account is signed in.
  func whyNotSignedIn(_ account: Account) -> String? {
    let reason: String
    switch broker.signInState(of: account) {
    case .signedIn(let until) where until > now(): return nil
    case .signedIn(let until): reason = "the sign-in ended \(until.rfc3339(in: almanac.homeZone))"
    case .notSignedIn(let why): reason = why
    }
    return "\(account.id) is not signed in: \(reason); run: muhurat sign-in \(account.id)"
  }
}
