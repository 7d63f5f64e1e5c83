import FoundationEssentials
import Glibc

/// `.muhurat/` in the working directory: everything the demo writes is in it.
package struct DemoFolder: Sendable {
  package let path: String

  package var configuration: String { "\(path)/muhurat.yaml" }
  package var environment: String { "\(path)/env" }
  package var credentials: String { "\(path)/credentials" }
  package var runtime: String { "\(path)/run" }
  package var reports: String { "\(path)/reports" }
  package var simulatorLog: String { "\(path)/simulator.log" }
  var postgres: String { "\(path)/postgres" }
  var lock: String { "\(path)/lock" }

  package init(in workingDirectory: String = FileManager.default.currentDirectoryPath) {
    path = "\(workingDirectory)/.muhurat"
  }

  /// Makes the folders. Sign-ins of an earlier demo go: its simulator, which gave them, is gone.
  package func prepare() throws(DemoProblem) {
    try removeSignIns()
    try Self.make(credentials, mode: 0o700)
    try Self.make(runtime, mode: 0o700)
    try Self.make(reports, mode: 0o755)
  }

  /// The outermost folder may be entered by all: PostgreSQL, which refuses root, runs as somebody
  /// else inside it.
  func make() throws(DemoProblem) { try Self.make(path, mode: 0o755) }

  /// A file that only its owner may read, whatever the umask.
  package func writeSecret(_ text: String, to name: String) throws(DemoProblem) {
    try Self.write(text, to: "\(credentials)/\(name)", mode: 0o600)
  }

  package static func write(
    _ text: String, to path: String, mode: UInt32 = 0o644
  ) throws(DemoProblem) {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode)
    guard file >= 0 else { throw .system("\(path) cannot be written", errno) }
    defer { close(file) }
    let bytes = Array(text.utf8)
    guard fchmod(file, mode) == 0, Glibc.write(file, bytes, bytes.count) == bytes.count else {
      throw .system("\(path) cannot be written", errno)
    }
  }

  private static func make(_ path: String, mode: mode_t) throws(DemoProblem) {
    guard mkdir(path, mode) == 0 || errno == EEXIST, chmod(path, mode) == 0 else {
      throw .system("\(path) cannot be made", errno)
    }
  }

  private func removeSignIns() throws(DemoProblem) {
    guard FileManager.default.fileExists(atPath: runtime) else { return }
    do {
      try FileManager.default.removeItem(atPath: runtime)
    } catch {
      throw DemoProblem(.configuration, "\(runtime) cannot be emptied; remove it yourself")
    }
  }
}
