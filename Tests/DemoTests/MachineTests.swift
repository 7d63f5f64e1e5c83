import FoundationEssentials
import Glibc
import Testing

@testable import Demo

@Suite(.timeLimit(.minutes(10)))
struct `What the demo takes of the machine` {
  @Test func `the page has the usual port, or the next free one`() throws {
    #expect(try FreePort.next(from: 8420) { _ in true } == 8420)
    #expect(try FreePort.next(from: 8420) { $0 > 8422 } == 8423)
    #expect(try FreePort.next(from: 65_530) { $0 == 65_535 } == 65_535)
    #expect(
      throws: DemoProblem(
        .configuration,
        "no free port from 8420 to 8519 on 127.0.0.1; stop what listens there")
    ) { try FreePort.next(from: 8420) { _ in false } }
  }

  @Test func `a folder has one demo, and the second is told which`() throws {
    let place = try temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: place) }
    let folder = DemoFolder(in: place)
    let first = try DemoLock(folder)
    let process = ProcessInfo.processInfo.processIdentifier
    #expect(
      throws: DemoProblem(
        .busy,
        "a demo runs in \(place)/.muhurat already, as process \(process); use it, or stop it with "
          + "Ctrl-C or: kill \(process)")
    ) { try DemoLock(folder) }
    withExtendedLifetime(first) {}
  }

  @Test func `the folder is free again when its demo is gone`() throws {
    let place = try temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: place) }
    do { _ = try DemoLock(DemoFolder(in: place)) }
    #expect(throws: Never.self) { try DemoLock(DemoFolder(in: place)) }
  }

  @Test func `secrets are for their owner alone, sign-ins of an earlier demo go`() throws {
    let place = try temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: place) }
    let folder = DemoFolder(in: place)
    try folder.make()
    try folder.prepare()
    try DemoFolder.write("a token", to: "\(folder.runtime)/asha.sign-in")
    try folder.prepare()
    try folder.writeSecret("a key\n", to: "sharekhan.asha.api-key")
    #expect(try permissions(folder.credentials) == 0o700)
    #expect(try permissions("\(folder.credentials)/sharekhan.asha.api-key") == 0o600)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.runtime) == [])
  }

  @Test func `a child program ends when it is let go`() async throws {
    let child = try ChildProgram(["/bin/sh", "-c", "cat; exit 7"], log: "/dev/null")
    #expect(child.ended == nil)
    child.letGo()
    #expect(await child.end(within: .seconds(30)) == 7)
  }

  @Test func `a program that is not there is named`() {
    #expect(
      throws: DemoProblem(.configuration, "/no/such cannot be started: No such file or directory")
    ) {
      try ChildProgram(["/no/such"], log: "/dev/null")
    }
  }

  @Test(arguments: [
    ("MUHURAT_MODE", true), ("MUHURAT_BROKER_URL", true), ("DATABASE_URL", true),
    ("PGHOST", true), ("PGOPTIONS", true), ("CREDENTIALS_DIRECTORY", true),
    ("NOTIFY_SOCKET", true), ("WATCHDOG_USEC", true), ("PATH", false), ("HOME", false),
    ("LANG", false),
  ])
  func `a terminal set up for a real desk leads the demo nowhere`(_ name: String, _ leads: Bool) {
    #expect(Surroundings.leadsAway(name) == leads)
  }

  private func temporaryFolder() throws -> String {
    let path =
      "\(FileManager.default.temporaryDirectory.path)/demo-\(UInt64.random(in: 0 ... .max))"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }

  private func permissions(_ path: String) throws -> UInt32 {
    var status = stat()
    try #require(stat(path, &status) == 0)
    return status.st_mode & 0o777
  }
}
