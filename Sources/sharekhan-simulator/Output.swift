import Glibc
import Threads

/// Lines that are out as soon as they are written: whoever started us waits for them.
enum Output {
  static func line(_ text: String) { write(text, to: STDOUT_FILENO) }
  static func error(_ text: String) { write(text, to: STDERR_FILENO) }

  private static func write(_ text: String, to descriptor: Int32) {
    let bytes = Array((text + "\n").utf8)
    _ = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
  }
}

enum StandardInput {
  /// A parent that dies, however it dies, closes its end of our standard input; then this program
  /// takes the same way out as on SIGTERM. False if there is no thread to watch it.
  static func stopProgramWhenClosed() -> Bool {
    PlainThread.start(name: "stdin") {
      var scrap = [UInt8](repeating: 0, count: 256)
      while true {
        let count = read(STDIN_FILENO, &scrap, scrap.count)
        if count > 0 || (count < 0 && errno == EINTR) { continue }
        break
      }
      kill(getpid(), SIGTERM)
    }
  }
}
