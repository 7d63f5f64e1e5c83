import Glibc
import Support
import Threads

/// A folder of its own for a test's reports, gone with the test.
final class ReportFolder: Sendable {
  let path: String

  init() {
    var template = Array("/tmp/desk-units-test.XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { fatalError("no folder for a test's reports") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    for name in entries(path) {
      for file in entries("\(path)/\(name)") { unlink("\(path)/\(name)/\(file)") }
      rmdir("\(path)/\(name)")
    }
    rmdir(path)
  }

  /// Everything in it, as `date/file`.
  var files: [String] {
    entries(path).flatMap { name in entries("\(path)/\(name)").map { "\(name)/\($0)" } }
  }

  private func entries(_ folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }
}
