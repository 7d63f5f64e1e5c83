import Glibc
package import TradingTime

/// Puts a report into `<folder>/<date>/report.{txt,html,csv,json}`. Each file appears whole or not
/// at all, and a later version replaces an earlier one in one step; a reader never sees half.
package struct FileDelivery: Sendable {
  package let folder: String

  package init(folder: String) {
    self.folder = folder
  }

  /// - Returns: the paths written.
  @discardableResult
  package func deliver(
    _ report: RenderedReport, session: CivilDate
  ) throws(FileDeliveryError) -> [String] {
    let place = "\(folder)/\(session)"
    try Self.makeFolder(folder)
    try Self.makeFolder(place)
    let files = [
      ("report.txt", report.text), ("report.html", report.html), ("report.csv", report.csv),
      ("report.json", report.json),
    ]
    for (name, text) in files { try Self.write(text, to: "\(place)/\(name)") }
    return files.map { "\(place)/\($0.0)" }
  }

  private static func makeFolder(_ path: String) throws(FileDeliveryError) {
    guard mkdir(path, 0o750) == 0 || errno == EEXIST else { throw failure(path) }
  }

  /// Written beside its place and moved there: the name is the process's own, so two processes do
  /// not write into each other's file.
  private static func write(_ text: String, to path: String) throws(FileDeliveryError) {
    let draft = "\(path).\(getpid())"
    let file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o640)
    guard file >= 0 else { throw failure(draft) }
    do throws(FileDeliveryError) {
      defer { close(file) }
      try write(Array(text.utf8), to: file, draft)
      guard fsync(file) == 0 else { throw failure(draft) }
    } catch {
      unlink(draft)
      throw error
    }
    guard rename(draft, path) == 0 else { throw failure(path) }
  }

  private static func write(
    _ bytes: [UInt8], to file: Int32, _ path: String
  ) throws(FileDeliveryError) {
    var done = 0
    while done < bytes.count {
      let count = bytes[done...].withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw failure(path) }
      done += count
    }
  }

  private static func failure(_ path: String) -> FileDeliveryError {
    FileDeliveryError(path: path, reason: String(cString: strerror(errno)))
  }
}

package struct FileDeliveryError: Error, Hashable, CustomStringConvertible {
  package let path: String
  package let reason: String

  package var description: String { "report not written: \(path): \(reason)" }
}
