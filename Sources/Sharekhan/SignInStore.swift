import Desk
import Glibc
import Threads

/// The day's tokens, one file an account, shared by all processes of a database. Only its owner may
/// read a file, a reader never sees half of one, and memory holds a token no longer than its file.
package final class SignInStore: Sendable {
  private let directory: String
  private let remembered = Locked<[String: Remembered]>([:])

  private struct Remembered: Sendable {
    var mark: PrivateFile.Mark
    var token: AccessToken
    /// When the file was last seen to be as it was.
    var seenAt: Duration
  }

  /// The service manager makes the directory (`RuntimeDirectory=`); elsewhere the first sign-in does.
  package init(directory: String) {
    self.directory = directory
  }

  /// nil: nobody has signed in. Another process's sign-in is seen at the next call.
  package func token(of accountID: String) throws -> AccessToken? {
    let path = try path(of: accountID)
    guard let mark = try PrivateFile.mark(of: path) else {
      remembered.withLock { _ = $0.removeValue(forKey: accountID) }
      return nil
    }
    let now = SystemClock.sinceBoot()
    if let known = remembered.withLock({ $0[accountID] }), known.mark == mark {
      remembered.withLock { $0[accountID]?.seenAt = now }
      return known.token
    }
    guard let (bytes, mark) = try PrivateFile.read(path) else { return nil }
    guard let token = AccessToken(stored: bytes) else {
      throw PrivateFile.Problem(path: path, problem: "does not read; delete it and sign in again")
    }
    remembered.withLock { $0[accountID] = Remembered(mark: mark, token: token, seenAt: now) }
    return token
  }

  /// The same, as it was at most a second ago: a sync reads four books of an account one after the
  /// other. What this process keeps or forgets counts at once.
  func recentToken(of accountID: String) throws -> AccessToken? {
    if let known = remembered.withLock({ $0[accountID] }),
      SystemClock.sinceBoot() - known.seenAt < .seconds(1)
    {
      return known.token
    }
    return try token(of: accountID)
  }

  package func keep(_ token: AccessToken, for accountID: String) throws {
    let path = try path(of: accountID)
    mkdir(directory, 0o700)
    try PrivateFile.replace(path, with: token.stored)
    PrivateFile.removeLeftovers(of: path, olderThan: 60)
    remembered.withLock { _ = $0.removeValue(forKey: accountID) }
  }

  package func forget(_ accountID: String) throws {
    let path = try path(of: accountID)
    PrivateFile.removeLeftovers(of: path, olderThan: 0)
    guard unlink(path) == 0 || errno == ENOENT else {
      throw PrivateFile.Problem(path: path, call: "cannot be deleted")
    }
    remembered.withLock { _ = $0.removeValue(forKey: accountID) }
  }

  private func path(of accountID: String) throws -> String {
    guard Account.isUsable(id: accountID) else {
      throw PrivateFile.Problem(path: directory, problem: "holds no file for such an account name")
    }
    return "\(directory)/\(accountID).sign-in"
  }
}
