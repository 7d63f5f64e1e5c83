import Glibc
import JobStore
import Jobs

import class FoundationEssentials.FileManager

/// The file in which a program may leave what it found, in a folder that only this user can enter.
struct ProgramReport: Sendable {
  private let folder: String

  var path: String { folder + "/result.json" }

  init() throws {
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? ""
    var template = Array(((base.isEmpty ? "/tmp" : base) + "/muhurat-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else {
      throw UnitFailure("no folder for the program's result under \(base.isEmpty ? "/tmp" : base)")
    }
    folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// With whatever else the program left there: many write a second file and rename it.
  func remove() { try? FileManager.default.removeItem(atPath: folder) }

  /// No file: the program has nothing to say but that it ended well.
  func result(kind: String, program: String) throws -> RunResult {
    guard let bytes = try bytes(of: program) else { return RunResult(kind: kind) }
    do {
      return try ReportedResult.read(bytes, kind: kind)
    } catch {
      throw UnitFailure("the result of \(program) cannot be used: \(error)")
    }
  }

  /// Not following a link and not waiting for a pipe: the file is the program's, and so is what stands
  /// in its place.
  private func bytes(of program: String) throws -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    if descriptor < 0, errno == ENOENT { return nil }
    var facts = stat()
    guard descriptor >= 0, fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
      if descriptor >= 0 { close(descriptor) }
      throw UnitFailure("the result of \(program) cannot be used: it is not a plain file")
    }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: ReportedResult.limit + 1)
    var count = 0
    while count < bytes.count {
      let more = bytes.withUnsafeMutableBytes { room in
        read(descriptor, room.baseAddress?.advanced(by: count), room.count - count)
      }
      guard more > 0 else { break }
      count += more
    }
    guard count <= ReportedResult.limit else {
      throw UnitFailure(
        "the result of \(program) cannot be used: it is longer than \(ReportedResult.limit) bytes")
    }
    return Array(bytes[..<count])
  }
}
