import Glibc
import HTTPClient
import Testing
import Threads

@testable import Sharekhan

@Suite(.timeLimit(.minutes(10)))
struct `The sign-in store` {
  let directory: ScratchDirectory
  let store: SignInStore

  init() throws {
    directory = try ScratchDirectory()
    store = SignInStore(directory: directory.path)
  }

  private var file: String { "\(directory.path)/asha.sign-in" }

  private func failure() -> String? {
    do {
      return "read \(String(describing: try store.token(of: "asha")))"
    } catch {
      return "\(error)"
    }
  }

  @Test func `gives back what was kept, from memory and from the file`() throws {
    #expect(try store.token(of: "asha") == nil)
    try store.keep(signedIn("tok\"en\\1"), for: "asha")
    #expect(try store.token(of: "asha") == signedIn("tok\"en\\1"))
    #expect(try store.token(of: "asha") == signedIn("tok\"en\\1"))
    #expect(try SignInStore(directory: directory.path).token(of: "asha") == signedIn("tok\"en\\1"))
    #expect(try store.token(of: "ravi") == nil)
  }

  @Test func `writes a file that only its owner may read and leaves nothing beside it`() throws {
    let old = umask(0)
    defer { umask(old) }
    try store.keep(signedIn("first"), for: "asha")
    try store.keep(signedIn("second"), for: "asha")
    var status = stat()
    #expect(stat(file, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)
    #expect(directory.names == ["asha.sign-in"])
  }

  /// A process that is killed between the two steps of writing leaves the first one's file.
  @Test func `sweeps up tokens that were never put in place, and nobody else's`() throws {
    let leftovers = ["asha.sign-in.1x", "asha.sign-in.-2y", "asha2.sign-in.3z", "asha.other"]
    func leave(secondsAgo age: Int) {
      let moment = timeval(tv_sec: time(nil) - age, tv_usec: 0)
      for name in leftovers {
        close(open("\(directory.path)/\(name)", O_CREAT | O_WRONLY, 0o600))
        _ = [moment, moment].withUnsafeBufferPointer {
          utimes("\(directory.path)/\(name)", $0.baseAddress)
        }
      }
    }
    leave(secondsAgo: 3_600)
    try store.keep(signedIn(), for: "asha")
    #expect(directory.names == ["asha.other", "asha.sign-in", "asha2.sign-in.3z"])
    leave(secondsAgo: 0)
    try store.keep(signedIn(), for: "asha")
    #expect(directory.names.count == 5, "somebody may be writing them now")
    try store.forget("asha")
    #expect(directory.names == ["asha.other", "asha2.sign-in.3z"])
  }

  @Test func `sees at once what another process kept or deleted`() throws {
    let other = SignInStore(directory: directory.path)
    try store.keep(signedIn("first"), for: "asha")
    #expect(try other.token(of: "asha")?.token.reveal() == "first")
    // The same length, so that only the file's identity tells them apart.
    try store.keep(signedIn("third"), for: "asha")
    #expect(try other.token(of: "asha")?.token.reveal() == "third")
    try store.forget("asha")
    #expect(try other.token(of: "asha") == nil)
    try store.forget("asha")
  }

  @Test func `gives what is a second old for reading, but never what we ourselves replaced`() throws
  {
    #expect(try store.recentToken(of: "asha") == nil)
    try store.keep(signedIn("first"), for: "asha")
    #expect(try store.recentToken(of: "asha")?.token.reveal() == "first")
    #expect(try store.recentToken(of: "asha")?.token.reveal() == "first")
    try store.keep(signedIn("third"), for: "asha")
    #expect(try store.recentToken(of: "asha")?.token.reveal() == "third")
    try store.forget("asha")
    #expect(try store.recentToken(of: "asha") == nil)
  }

  @Test func `never shows half a file while another process writes`() async throws {
    let (store, path) = (store, directory.path)
    try store.keep(signedIn(String(repeating: "a", count: 5000)), for: "asha")
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for round in 0..<100 {
          let letter = round % 2 == 0 ? "a" : "b"
          try store.keep(
            signedIn(String(repeating: letter, count: 5000 - round)), for: "asha")
        }
      }
      group.addTask {
        let reader = SignInStore(directory: path)
        for _ in 0..<300 {
          let token = try #require(try reader.token(of: "asha")).token.reveal()
          #expect(Set(token).count == 1)
          #expect(token.count > 4900)
        }
      }
      try await group.waitForAll()
    }
  }

  @Test(arguments: [0o640, 0o604, 0o660, 0o620, 0o602])
  func `refuses a file that others may read or write, even one it knows`(_ mode: Int) throws {
    try store.keep(signedIn("s3cret"), for: "asha")
    #expect(try store.token(of: "asha") != nil)
    chmod(file, mode_t(mode))
    #expect(
      failure()
        == "\(file) may be read by others (mode \(String(mode, radix: 8))); "
        + "run chmod 600, and sign in again if others use this machine")
  }

  @Test(.enabled(if: geteuid() == 0, "only root can give a file away"))
  func `refuses a file of another owner`() throws {
    try store.keep(signedIn(), for: "asha")
    chown(file, 65534, 65534)
    #expect(
      failure() == "\(file) belongs to user 65534, not to us (0); sign in as that user")
  }

  @Test func `refuses a link, a directory and a file that does not read`() throws {
    symlink("/etc/hostname", file)
    #expect(failure() == "\(file) is no plain file; delete it and sign in again")
    unlink(file)
    mkdir(file, 0o700)
    #expect(failure() == "\(file) is no plain file; delete it and sign in again")
    rmdir(file)
    try PrivateFile.replace(file, with: Array("{\"token\":\"s3cret\"".utf8))
    #expect(failure() == "\(file) does not read; delete it and sign in again")
    try PrivateFile.replace(file, with: [UInt8](repeating: 32, count: 100_000))
    #expect(failure() == "\(file) is too large")
  }

  @Test(arguments: ["../asha", "a/b", "", "Asha", ".asha"])
  func `makes no path out of a name that is no account's`(_ name: String) {
    #expect(throws: PrivateFile.Problem.self) { try store.token(of: name) }
    #expect(throws: PrivateFile.Problem.self) { try store.keep(signedIn(), for: name) }
  }

  @Test func `makes its directory for itself alone, but no path to it`() throws {
    let own = "\(directory.path)/own"
    defer { rmdir(own) }
    let store = SignInStore(directory: own)
    try store.keep(signedIn(), for: "asha")
    try store.forget("asha")
    var status = stat()
    #expect(stat(own, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o700)
    let deeper = SignInStore(directory: "\(own)/missing/deeper")
    #expect {
      try deeper.keep(signedIn("s3cret"), for: "asha")
    } throws: {
      "\($0)" == "\(own)/missing/deeper/asha.sign-in cannot be written: No such file or directory"
    }
  }
}
