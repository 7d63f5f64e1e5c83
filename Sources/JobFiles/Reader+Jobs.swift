import FoundationEssentials
import Jobs
import TradingTime
package import YAML

extension Reader {
  /// One of the names this muhurat knows.
  func known(_ names: [String], _ what: String) -> String? {
    guard let name = string() else { return nil }
    guard names.contains(name) else {
      let meant = nearest(to: name, in: names).map { "did you mean '\($0)'?" }
      let all =
        names.isEmpty ? "there are none" : "\(what)s are: \(names.sorted().joined(separator: ", "))"
      report("no \(what) named '\(name)'", meant ?? all)
      return nil
    }
    return name
  }

  /// One or more, and nothing twice: what stands twice was meant to be something else.
  func distinct<Element: Hashable>(_ read: (Reader) -> Element?) -> [Element]? {
    var known: Set<Element> = []
    return oneOrMore { reader in
      guard let element = read(reader) else { return nil }
      guard known.insert(element).inserted else {
        reader.reportRepeated()
        return nil
      }
      return element
    }
  }

  func reportRepeated() {
    report(scalarText.map { "'\($0)' stands here twice" } ?? "stands here twice")
  }

  /// As written; nil for lists and mappings.
  package var scalarText: String? {
    if case .scalar(let scalar) = node.content { scalar.text } else { nil }
  }

  package func positiveDuration() -> Duration? {
    guard let span = duration() else { return nil }
    guard span > .zero else {
      report("must be longer than nothing")
      return nil
    }
    return span
  }

  /// A parameter as its unit typed it. Decimals stay text: money never passes through binary
  /// floating point.
  func parameter(_ kind: UnitDescription.ParameterKind) -> JSONValue? {
    switch kind {
    case .text: string().map(JSONValue.string)
    case .integer: int().map { .integer(Int64($0)) }
    case .decimal: decimal().map { .string("\($0)") }
    case .boolean: bool().map(JSONValue.bool)
    case .duration: duration().map { .string($0.spelled) }
    case .list: oneOrMore { $0.string() }.map { .array($0.map(JSONValue.string)) }
    }
  }
}
