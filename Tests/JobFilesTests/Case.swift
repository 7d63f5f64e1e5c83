import FoundationEssentials
import JobFiles
import Testing
import YAML

/// A job file with something wrong in it. Markers in the text say where, `problems` what: each
/// begins with the marker of its place.
struct Case: Sendable, CustomTestStringConvertible {
  let id: String
  let text: String
  let problems: [String]

  var testDescription: String { id }

  static func file(_ id: String, _ text: String, _ problems: String...) -> Case {
    Case(id: id, text: text, problems: problems)
  }

  /// Beside what every job has.
  static func job(_ id: String, _ text: String, _ problems: String...) -> Case {
    Case(id: id, text: "unit: sync-positions\ntimeout: 25s\n" + text, problems: problems)
  }

  static func work(_ id: String, _ text: String, _ problems: String...) -> Case {
    Case(id: id, text: "timeout: 25s\n" + text, problems: problems)
  }

  static func scheduled(_ id: String, _ text: String, _ problems: String...) -> Case {
    Case(id: id, text: "unit: sync-positions\ntimeout: 25s\nschedule:\n" + text, problems: problems)
  }

  static func cron(_ id: String, _ expression: String, _ problem: String) -> Case {
    let text = "  timezone: Asia/Kolkata\n  cron: 1️⃣\"\(expression)\""
    return scheduled(id, text, "1️⃣ " + problem)
  }

  /// Everything that is wrong with the file, each with the marker of its place, or the place itself
  /// where no marker stands.
  func report(in folder: String) throws -> [String] {
    let (plain, places) = Self.withoutMarkers(text)
    do {
      _ = try JobFile.read(
        Array(plain.utf8), path: "\(folder)/job.yaml", in: Fixture.context.get())
      return ["accepted"]
    } catch let refused as Problems {
      return refused.list.map { problem in
        let mark = Mark(line: problem.line, column: problem.column)
        let what = problem.message + (problem.suggestion.map { "; \($0)" } ?? "")
        return "\(places[mark] ?? mark.description) \(what)".replacing(folder, with: "jobs")
      }
    }
  }

  /// The text as a job file has it, and where its markers stood.
  static func withoutMarkers(_ text: String) -> (text: String, places: [Mark: String]) {
    var plain = ""
    var places: [Mark: String] = [:]
    var (line, column) = (1, 1)
    for character in text {
      if "1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣".contains(character) {
        places[Mark(line: line, column: column)] = String(character)
        continue
      }
      plain.append(character)
      column += 1
      if character.isNewline { (line, column) = (line + 1, 1) }
    }
    return (plain, places)
  }
}

extension Case {
  /// The one assertion of all tables: what was said, where, and nothing else.
  func expectRefusal(in folder: String = "jobs") throws {
    let found = try report(in: folder)
    #expect(found == problems, "\(id)")
  }
}
