import JobStore

/// What a script may not say, read before it is sent.
///
/// A COMMIT of its own would end the transaction that holds the fence, and a session's setting would
/// stay on a connection that is lent to others afterwards.
enum ScriptRefusals {
  static func check(_ text: String, path: String) throws(UnitFailure) {
    guard !text.utf8.contains(0) else {
      throw UnitFailure("\(path): the script holds a NUL, behind which nothing would be run")
    }
    for statement in ScriptStatements.of(text) {
      if let problem = problem(with: statement.words) {
        throw UnitFailure("\(path):\(statement.line): \(problem)")
      }
    }
  }

  private static func problem(with words: [String]) -> String? {
    let second = words.dropFirst().first
    switch words.first {
    case "ROLLBACK"? where words.dropFirst().prefix(2).contains("TO"): return nil
    case "BEGIN"?, "COMMIT"?, "END"?, "ROLLBACK"?, "ABORT"?, "START"?:
      return endsTransaction(words[0])
    case "PREPARE"? where second == "TRANSACTION": return endsTransaction("PREPARE TRANSACTION")
    case "SET"? where ["LOCAL", "CONSTRAINTS", "TRANSACTION"].contains(second): return nil
    case "SET"?:
      return "SET would stay on the connection, which others use next; write SET LOCAL"
    case "RESET"?, "DISCARD"?, "LISTEN"?, "UNLISTEN"?, "PREPARE"?, "DEALLOCATE"?, "LOAD"?:
      return "\(words[0]) concerns the connection, which others use next; remove it"
    case "\\"?: return "commands with a backslash are psql's own; write SQL"
    default: return nil
    }
  }

  private static func endsTransaction(_ word: String) -> String {
    "\(word) would end the transaction whose commit decides; the script is one transaction, remove it"
  }
}
