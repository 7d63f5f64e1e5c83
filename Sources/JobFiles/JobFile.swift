import Jobs
package import YAML

/// Reads one job file. Its stem is the job's name.
package enum JobFile {
  package static func read(
    _ path: String, in context: JobFileContext
  ) throws(Problems) -> ReadJob {
    try read(path, Lookups(context))
  }

  static func read(_ path: String, _ lookups: Lookups) throws(Problems) -> ReadJob {
    let content: [UInt8]
    do {
      content = try FileContent.read(path)
    } catch {
      throw JobFolder.refusal(path, "the file \(error.reason)", error.advice)
    }
    return try read(content, path: path, lookups)
  }

  package static func read(
    _ bytes: [UInt8], path: String, in context: JobFileContext
  ) throws(Problems) -> ReadJob {
    try read(bytes, path: path, Lookups(context))
  }

  private static func read(
    _ bytes: [UInt8], path: String, _ lookups: Lookups
  ) throws(Problems) -> ReadJob {
    let file = path.split(separator: "/").last.map(String.init) ?? path
    let stem = file.hasSuffix(".yaml") ? String(file.dropLast(5)) : file
    do {
      return try YAMLFile.read(bytes, name: path) { reader in
        checkName(stem, reader)
        refuseNUL(in: reader.node, reader.problems)
        return reader.mapping { keys in
          JobReading(name: stem, folder: folder(of: path), keys: keys, lookups: lookups).job()
        }
      }
    } catch {
      throw error.inOneLineEach
    }
  }

  /// Names stand in URLs, locks, unit names of systemd and the environment of programs.
  private static func checkName(_ stem: String, _ reader: Reader) {
    let isUsable =
      stem.utf8.allSatisfy {
        (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d
      }
      && !stem.hasPrefix("-") && !stem.hasSuffix("-") && (1...64).contains(stem.utf8.count)
    if !isUsable {
      reader.report(
        "'\(stem)' is no job name", "use 1 to 64 lower-case letters, digits and inner hyphens")
    }
  }

  /// An escape in quotes may still make one, and PostgreSQL can keep no text that holds it.
  private static func refuseNUL(in node: Node, _ problems: ProblemList) {
    switch node.content {
    case .scalar(let scalar):
      if scalar.text.utf8.contains(0) {
        problems.report("the character U+0000 cannot be used", at: node.mark, "remove '\\0'")
      }
    case .sequence(let elements):
      for element in elements { refuseNUL(in: element, problems) }
    case .mapping(let entries):
      for entry in entries {
        if entry.key.utf8.contains(0) {
          problems.report("the character U+0000 cannot be used", at: entry.keyMark, "remove '\\0'")
        }
        refuseNUL(in: entry.value, problems)
      }
    }
  }

  private static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
  }
}
