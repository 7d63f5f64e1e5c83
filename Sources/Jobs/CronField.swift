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

  func read(_ text: String) throws -> SmallSet {
    var numbers = SmallSet()
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      numbers.formUnion(try readPart(String(part)))
    }
    return numbers
  }

  func readPart(_ text: String) throws -> SmallSet {
    let pieces = text.split(separator: "/", omittingEmptySubsequences: false)
    guard pieces.count <= 2 else { throw refusal(text, "has more than one step") }
    let step = try pieces.count == 2 ? readStep(pieces[1], of: text) : 1
    let span = try readSpan(pieces[0], isStepped: pieces.count == 2, in: text)
    return SmallSet(stride(from: span.lowerBound, through: span.upperBound, by: step))
  }

  private func readStep(_ text: Substring, of whole: String) throws -> Int {
    guard let step = Int(text), text.first != "+", step >= 1, step <= range.upperBound else {
      throw refusal(whole, "has a step outside 1…\(range.upperBound)")
    }
    return step
  }

  private func readSpan(
    _ text: Substring, isStepped: Bool, in whole: String
  ) throws -> ClosedRange<Int> {
    if text == "*" { return range.lowerBound...(isWeekday ? 6 : range.upperBound) }
    let ends = text.split(separator: "-", omittingEmptySubsequences: false)
    let first = try readNumber(ends[0], in: whole)
    guard ends.count <= 2 else { throw refusal(whole, "is no range") }
    // `5/15` counts on from 5 to the end of the field, as in Vixie's cron.
    var last = try ends.count == 2 ? readEnd(ends[1], in: whole) : first
    if ends.count == 1 && isStepped { last = range.upperBound }
    if isWeekday && last == 0 && first > 0 { last = 7 }
    guard first <= last else { throw refusal(whole, "runs backwards") }
    return first...last
  }

  /// `28-L` goes to the end of the month, however long it is.
  private func readEnd(_ text: Substring, in whole: String) throws -> Int {
    if isDay, text == "L" || text == "l" { return range.upperBound }
    return try readNumber(text, in: whole)
  }

  private func readNumber(_ text: Substring, in whole: String) throws -> Int {
    if let number = number(text) { return number }
    if isDay, text.first == "L" || text.first == "l" {
      throw refusal(whole, "has L out of place; the last day is L, the days up to it are 28-L")
    }
    let also = words.isEmpty ? "" : " or \(words.joined(separator: ", "))"
    throw refusal(
      whole, "has '\(text)', which is not \(range.lowerBound)…\(range.upperBound)\(also)")
  }

  private func number(_ text: Substring) -> Int? {
    if let number = Int(text), text.utf8.first != UInt8(ascii: "+"), range.contains(number) {
      return number
    }
    guard !words.isEmpty else { return nil }
    return words.firstIndex(of: text.lowercased()).map { $0 + firstWord }
  }

  private func refusal(_ text: String, _ what: String) -> CronError {
    CronError("cron field \(name) '\(text)' \(what)")
  }

  private var isDay: Bool { name == "day of month" }
  private var isWeekday: Bool { name == "day of week" }
}

/// Days of a week that do not come every week.
extension CronField {
  /// What stands behind `#`.
  func readPlace(_ text: Substring, of whole: String) throws -> Int {
    guard let place = Int(text), (1...5).contains(place), text.utf8.count == 1 else {
      throw refusal(whole, "has '#\(text)'; the first to the fifth of a month are #1 to #5")
    }
    return place
  }

  /// What stands before `#`: a weekday or a range of them.
  func readDays(_ text: Substring, of whole: String) throws -> SmallSet {
    guard text != "*", !text.contains("/") else {
      throw refusal(whole, "has '#' behind '\(text)'; write a weekday or a range such as mon-fri")
    }
    let span = try readSpan(text, isStepped: false, in: whole)
    return SmallSet(span.map { $0 % 7 })
  }

  /// The weekday of `L5`, the last Friday; nil if the part is about something else.
  func readLast(_ text: String) throws -> Int? {
    if let first = text.first, first == "L" || first == "l", let number = Int(text.dropFirst()),
      text.utf8.count == 2, range.contains(number)
    {
      return number % 7
    }
    let rest = text.lowercased().filter { $0 != "l" }
    guard text.count == rest.count + 1 else { return nil }
    let weekday = number(rest[...]).map { $0 % 7 }
    guard rest.isEmpty || weekday != nil else { return nil }
    throw refusal(
      text,
      weekday.map { "is written L\($0) here: the last \(words[$0]) of the month" }
        ?? "has L without a weekday; the last Friday is L5")
  }
}

extension SmallSet {
  fileprivate init(_ numbers: some Sequence<Int>) {
    self.init()
    for number in numbers { insert(number) }
  }
}
