import Glibc

/// Reads one secret line. On a terminal nothing of it is shown, and the terminal is put back.
///
/// Not the line discipline's own line: that one ends at 4096 characters, and a Ctrl-C in it
/// would leave the terminal without echo.
enum SignInPrompt {
  /// Longer than any redirect address.
  static let limit = 16 * 1024

  static func read(_ prompt: String) throws -> String {
    guard Console.hasPerson else { return line() }
    var before = termios()
    guard tcgetattr(0, &before) == 0 else { return line() }
    var hidden = before
    hidden.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
    tcsetattr(0, TCSAFLUSH, &hidden)
    defer { tcsetattr(0, TCSAFLUSH, &before) }
    // Without a line's end, so that what is pasted follows the question.
    _ = prompt.withCString { Glibc.write(2, $0, strlen($0)) }
    defer { Console.complain("") }
    return try typed()
  }

  private static func typed() throws -> String {
    var typed: [UInt8] = []
    while let byte = next() {
      switch byte {
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"), 4: return String(decoding: typed, as: UTF8.self)
      case 3: throw Refusal(.usage, "given up; nothing was sent to the broker")
      case 8, 127: typed = typed.dropLast()
      case 21: typed = []
      default: typed.append(byte)
      }
      if typed.count > limit { throw Refusal(.usage, "that is no redirect address: too long") }
    }
    return String(decoding: typed, as: UTF8.self)
  }

  /// From a pipe or a file: up to the end of the first line that holds something.
  private static func line() -> String {
    var bytes: [UInt8] = []
    while bytes.count <= limit, let byte = next() {
      if byte == UInt8(ascii: "\n"), bytes.contains(where: { $0 > 0x20 }) { break }
      bytes.append(byte)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func next() -> UInt8? {
    var byte: UInt8 = 0
    while true {
      let count = Glibc.read(0, &byte, 1)
      if count == 1 { return byte }
      if count < 0 && errno == EINTR { continue }
      return nil
    }
  }
}
