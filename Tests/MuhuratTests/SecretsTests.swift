import FoundationEssentials
import Glibc
import HTTPClient
import Testing

@testable import muhurat

@Suite(.timeLimit(.minutes(10))) struct `Finding secrets` {
  @Test func `systemd's credentials go before one's own files, those before the environment`()
    throws
  {
    let systemd = try Folder()
    let own = try Folder()
    let secrets = Secrets(
      folder: own.path,
      environment: ["CREDENTIALS_DIRECTORY": systemd.path, "MUHURAT_SHAREKHAN_ASHA_API_KEY": "e"])
    #expect(try secrets.secret("sharekhan.asha.api-key")?.reveal() == "e")
    own.write("o\n", to: "sharekhan.asha.api-key")
    #expect(try secrets.secret("sharekhan.asha.api-key")?.reveal() == "o")
    systemd.write(" s \r\n\n", to: "sharekhan.asha.api-key")
    #expect(try secrets.secret("sharekhan.asha.api-key")?.reveal() == " s")
  }

  @Test func `one that is nowhere is told with the place where it belongs`() throws {
    let own = try Folder()
    let secrets = Secrets(folder: own.path, environment: ["MUHURAT_SMTP_PASSWORD": ""])
    #expect(try secrets.secret("smtp.password") == nil)
    let problem = #expect(throws: ConfigurationProblem.self) {
      try secrets.required("smtp.password")
    }
    #expect(
      problem?.description
        == "no secret 'smtp.password': put it into \(own.path)/smtp.password (mode 0600) or a "
        + "systemd credential")
  }

  @Test func `an empty one is no secret, and not looked for elsewhere`() throws {
    let own = try Folder()
    own.write(" \n", to: "smtp.password")
    let secrets = Secrets(folder: own.path, environment: ["MUHURAT_SMTP_PASSWORD": "e"])
    let problem = #expect(throws: ConfigurationProblem.self) { try secrets.secret("smtp.password") }
    #expect(problem?.description == "the secret smtp.password in \(own.path) is empty")
  }

  /// A folder in its place and a link to itself: what even root cannot read.
  @Test func `one that is there and cannot be read is not said to be missing`() throws {
    let own = try Folder()
    let secrets = Secrets(folder: own.path, environment: [:])
    try #require(mkdir("\(own.path)/a", 0o700) == 0)
    try #require(symlink("b", "\(own.path)/b") == 0)
    for (name, why) in [("a", "Is a directory"), ("b", "Too many levels of symbolic links")] {
      let problem = #expect(throws: ConfigurationProblem.self) { try secrets.required(name) }
      #expect(
        problem?.description
          == "the secret \(own.path)/\(name) cannot be read by user \(geteuid()): \(why); give it to "
          + "the user that runs muhurat (mode 0600), or pass it as a systemd credential")
    }
  }
}

/// Gone with the test.
private final class Folder {
  let path = OwnFolder.path()

  init() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ text: String, to name: String) {
    #expect(FileManager.default.createFile(atPath: "\(path)/\(name)", contents: Data(text.utf8)))
  }
}
