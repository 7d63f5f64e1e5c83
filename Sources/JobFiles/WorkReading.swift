import Jobs
import YAML

/// Reads what a job does: exactly one of `unit`, `command`, `sql` and `http`.
struct WorkReading {
  let folder: String
  let catalogue: UnitCatalogue

  func work(_ keys: MappingReader) -> Work? {
    guard let (kind, reader) = keys.atMostOne(of: ["unit", "command", "sql", "http"]) else {
      keys.report("nothing to do", "give one of unit, command, sql or http")
      return nil
    }
    switch kind {
    case "unit": return reader.known(catalogue.units.map(\.name), "unit").map(Work.unit)
    case "command": return command(reader)
    case "sql": return script(reader)
    default: return CallReading.call(reader)
    }
  }

  private func command(_ reader: Reader) -> Work? {
    if reader.shape == .scalar {
      reader.expected("a list", "no shell reads it: write [program, argument, …]")
      return nil
    }
    guard let words = reader.list({ $0.string() }) else { return nil }
    guard words.first?.isEmpty == false else {
      reader.report("an empty command", "write [program, argument, …]")
      return nil
    }
    return .command(words)
  }

  private func script(_ reader: Reader) -> Work? {
    guard let path = reader.string() else { return nil }
    let place = path.hasPrefix("/") ? path : "\(folder)/\(path)"
    let content: [UInt8]
    do {
      content = try FileContent.read(place)
    } catch {
      let isRelative = error.isAbsence && !path.hasPrefix("/")
      reader.report(
        "'\(place)' \(error.reason)",
        isRelative ? "the path is relative to the job file" : error.advice)
      return nil
    }
    guard let text = String(validating: content, as: UTF8.self), !content.contains(0) else {
      reader.report("'\(place)' is no UTF-8 text")
      return nil
    }
    guard text.contains(where: { !$0.isWhitespace }) else {
      reader.report("'\(place)' is empty")
      return nil
    }
    return .sql(path: path, text: text)
  }
}
