import Glibc

/// Reads a file that somebody named, without trusting the name: a pipe, a device, a folder or a
/// file of gigabytes is refused before it is read, so that none can stop a daemon that reloads.
enum FileContent {
  /// In words that follow the file's name.
  struct Refusal: Error {
    let reason: String
    var advice: String?
    var isAbsence = false
  }

  /// What a job file and its script may have.
  static let limit = 1 << 20

  static func read(_ path: String) throws(Refusal) -> [UInt8] {
    // Without blocking: opening a pipe nobody writes to would wait for ever.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw refusal(errno) }
    defer { close(descriptor) }
    var facts = stat()
    guard fstat(descriptor, &facts) == 0 else { throw refusal(errno) }
    switch facts.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw Refusal(reason: "is a folder, not a file")
    default: throw Refusal(reason: "is no ordinary file")
    }
    guard facts.st_size <= limit else {
      throw Refusal(reason: "has \(facts.st_size) bytes, more than \(limit)")
    }
    return try bytes(of: descriptor, expecting: Int(facts.st_size))
  }

  /// To the end; the file may have grown or shrunk since its size was asked.
  private static func bytes(of descriptor: Int32, expecting size: Int) throws(Refusal) -> [UInt8] {
    var content: [UInt8] = []
    while content.count <= limit {
      var failure: Int32 = 0
      let part = [UInt8](unsafeUninitializedCapacity: max(size - content.count, 0) + 1) {
        room, count in
        let got = Glibc.read(descriptor, room.baseAddress, room.count)
        failure = got < 0 ? errno : 0
        count = max(got, 0)
      }
      if failure == EINTR { continue }
      if failure != 0 { throw refusal(failure) }
      if part.isEmpty { return content }
      if content.isEmpty { content = part } else { content += part }
    }
    throw Refusal(reason: "has more than \(limit) bytes")
  }

  private static func refusal(_ code: Int32) -> Refusal {
    switch code {
    case ENOENT, ENOTDIR: Refusal(reason: "is not there", isAbsence: true)
    case EACCES, EPERM: Refusal(reason: "cannot be read", advice: "check its permissions")
    default: Refusal(reason: "cannot be read: \(String(cString: strerror(code)))")
    }
  }
}
