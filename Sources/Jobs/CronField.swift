/// One field of a cron expression: its range, its names, and how its text is read.
struct CronField {
  let name: String
  let range: ClosedRange<Int>
  var words: [String] = []
  /// The number of the first word.
  var firstWord = 0

  static let minute = CronField(name: "minute", range: 0...59)
  static let hour = CronField(name: "hour", range: 0...23)
  static let day = CronField(name: "day of month", range: 1...31)
  static let month = CronField(
    name: "month", range: 1...12,
    words: [
      "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ], firstWord: 1)
  /// 7 is Sunday too.
  static let weekday = CronField(
    name: "day of week", range: 0...7,
    words: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"])

  func read(_ text: String) throws -> Set<Int> {
    var numbers: Set<Int> = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      numbers.formUnion(try readPart(String(part)))
    }
    return numbers
  }

  private func readPart(_ text: String) throws -> [Int] {
    let pieces = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard pieces.count <= 2 else { throw refusal(text, "has more than one step") }
    let step = try pieces.count == 2 ? readStep(pieces[1], of: text) : 1
    let span = try readSpan(pieces[0], isStepped: pieces.count == 2, in: text)
    return Array(stride(from: span.lowerBound, through: span.upperBound, by: step))
  }

  private func readStep(_ text: String, of whole: String) throws -> Int {
    guard let step = Int(text), step >= 1, step <= range.upperBound else {
      throw refusal(whole, "has a step outside 1…\(range.upperBound)")
    }
    return step
  }

  private func readSpan(
    _ text: String, isStepped: Bool, in whole: String
  ) throws -> ClosedRange<Int> {
    if text == "*" { return range.lowerBound...(name == "day of week" ? 6 : range.upperBound) }
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
    let first = try readNumber(ends[0], in: whole)
    guard ends.count <= 2 else { throw refusal(whole, "is no range") }
    // `5/15` counts on from 5 to the end of the field, as in Vixie's cron.
    var last = try ends.count == 2 ? readNumber(ends[1], in: whole) : first
    if ends.count == 1 && isStepped { last = range.upperBound }
    if name == "day of week" && last == 0 && first > 0 { last = 7 }
    guard first <= last else { throw refusal(whole, "runs backwards") }
    return first...last
  }

  private func readNumber(_ text: String, in whole: String) throws -> Int {
    if let word = words.firstIndex(of: text.lowercased()) { return word + firstWord }
    guard let number = Int(text), text.allSatisfy(\.isNumber), range.contains(number) else {
      let also = words.isEmpty ? "" : " or \(words.joined(separator: ", "))"
      throw refusal(
        whole, "has '\(text)', which is not \(range.lowerBound)…\(range.upperBound)\(also)")
    }
    return number
  }

  private func refusal(_ text: String, _ what: String) -> CronError {
    CronError("cron field \(name) '\(text)' \(what)")
  }
}
