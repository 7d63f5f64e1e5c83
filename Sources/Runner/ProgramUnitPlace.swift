import Glibc
import JobStore
import Subprocess
import SystemPackage

/// A program found, and the directory it runs in: looked up before the start, so that what is missing
/// is named.
struct ProgramPlace: Sendable {
  /// As the job file wrote it.
  let name: String
  let path: String
  let arguments: [String]
  let directory: String?

  /// - Parameter path: the `PATH` the program will see; the system's own if there is none.
  init(_ words: [String], directory: String?, path: String?) throws {
    guard let name = words.first, !name.isEmpty else {
      throw UnitFailure("the command is empty; write command: [program, argument]")
    }
    guard words.allSatisfy({ !$0.utf8.contains(0) }) else {
      throw UnitFailure("a word of the command holds a NUL, which no program can be given")
    }
    self.name = name
    self.directory = directory
    arguments = Array(words.dropFirst())
    if let directory { try Self.check(directory: directory) }
    self.path =
      name.contains("/")
      ? try Self.checked(name, in: directory)
      : try Self.found(name, along: path ?? "/usr/local/bin:/usr/bin:/bin")
  }

  private static func check(directory: String) throws {
    switch kind(of: directory) {
    case nil: throw UnitFailure("directory \(directory) does not exist")
    case S_IFDIR?:
      guard access(directory, X_OK) == 0 else {
        throw UnitFailure("directory \(directory) may not be entered by this user")
      }
    default: throw UnitFailure("directory \(directory) is not a directory")
    }
  }

  /// A relative path counts from the directory the program runs in, as in a shell.
  private static func checked(_ name: String, in directory: String?) throws -> String {
    let path = name.hasPrefix("/") ? name : (directory ?? ".") + "/" + name
    switch kind(of: path) {
    case nil: throw UnitFailure("program \(path) does not exist")
    case S_IFREG?:
      guard access(path, X_OK) == 0 else {
        throw UnitFailure("program \(path) is not executable; chmod +x it")
      }
      return path
    default: throw UnitFailure("program \(path) is not a file")
    }
  }

  private static func found(_ name: String, along path: String) throws -> String {
    for folder in path.split(separator: ":") where folder.hasPrefix("/") {
      let candidate = "\(folder)/\(name)"
      if kind(of: candidate) == S_IFREG, access(candidate, X_OK) == 0 { return candidate }
    }
    throw UnitFailure("no program '\(name)' in PATH (\(path)); name it with its whole path")
  }

  private static func kind(of path: String) -> mode_t? {
    var facts = stat()
    return stat(path, &facts) == 0 ? facts.st_mode & S_IFMT : nil
  }

  /// Everything that can be checked was, so what is left is what only the kernel finds out.
  func failure(of error: SubprocessError) -> UnitFailure {
    if error.code == .executableNotFound {
      return UnitFailure(
        "program \(path) could not be started; is the interpreter in its first line there?")
    }
    switch error.underlyingError?.rawValue {
    case ENOEXEC?:
      return UnitFailure(
        "program \(path) is of no kind this machine runs; a script needs a first line #!/bin/sh")
    case EAGAIN?, ENOMEM?, EMFILE?, ENFILE?:
      return UnitFailure(
        "program \(path) could not be started: the machine is short of memory, processes or "
          + "descriptors", isTransient: true)
    default: return UnitFailure("program \(path) could not be run: \(error)")
    }
  }
}
