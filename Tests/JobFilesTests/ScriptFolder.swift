import FoundationEssentials
import Glibc

/// A folder of its own for each test, with scripts of every unusable kind in it; gone with the
/// test.
final class ScriptFolder: Sendable {
  let path: String

  init() throws {
    path = "/tmp/muhurat-job-files-\(UInt64.random(in: .min ... .max))"
    try FileManager.default.createDirectory(
      atPath: "\(path)/folder.sql", withIntermediateDirectories: true)
    write("report.sql", "select 1;\n")
    write("empty.sql", "")
    write("blank.sql", " \n\t\n")
    write("latin1.sql", [UInt8]("select ".utf8) + [0xE9])
    write("nul.sql", "select 1\0")
    write("long.sql", "select")
    guard truncate("\(path)/long.sql", (1 << 20) + 1) == 0,
      mkfifo("\(path)/pipe.sql", 0o600) == 0,
      symlink("circle.sql", "\(path)/circle.sql") == 0
    else { throw POSIXFailure(code: errno) }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ name: String, _ text: String) { write(name, Array(text.utf8)) }

  func write(_ name: String, _ bytes: [UInt8]) {
    _ = FileManager.default.createFile(atPath: "\(path)/\(name)", contents: Data(bytes))
  }

  struct POSIXFailure: Error { let code: Int32 }
}
