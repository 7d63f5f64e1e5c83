import Testing
import TradingTime

/// A cron expression together with what it means, drawn at random and matched the slow way.
struct RandomCron: CustomTestStringConvertible {
  struct Field {
    var text: String
    var isStarred: Bool
    var numbers: Set<Int>
  }

  var seed: Int
  var fields: [Field] = []

  init(seed: Int) {
    self.seed = seed
    var chance = Chance(seed: seed)
    for range in [0...59, 0...23, 1...31, 1...12, 0...6] {
      fields.append(Self.field(range, &chance))
    }
    // Dates that never come are refused; those have a test of their own.
    if fields[2].numbers.allSatisfy({ $0 > 28 }) || chance.once(in: 2) {
      fields[2] = Field(text: "*", isStarred: true, numbers: Set(1...31))
    }
  }

  var text: String { fields.map(\.text).joined(separator: " ") }
  var testDescription: String { "seed \(seed): \(text)" }

  private static func field(_ range: ClosedRange<Int>, _ chance: inout Chance) -> Field {
    if chance.once(in: 4) { return Field(text: "*", isStarred: true, numbers: Set(range)) }
    if chance.once(in: 4) {
      let step = chance.number(1...range.upperBound)
      return Field(
        text: "*/\(step)", isStarred: true,
        numbers: Set(range.filter { ($0 - range.lowerBound).isMultiple(of: step) }))
    }
    var texts: [String] = []
    var numbers: Set<Int> = []
    for _ in 1...chance.number(1...3) {
      let first = chance.number(range)
      let last = chance.number(first...range.upperBound)
      let step = chance.number(1...4)
      switch chance.number(1...3) {
      case 1:
        texts.append("\(first)")
        numbers.insert(first)
      case 2:
        texts.append("\(first)-\(last)")
        numbers.formUnion(first...last)
      default:
        texts.append("\(first)-\(last)/\(step)")
        numbers.formUnion((first...last).filter { ($0 - first).isMultiple(of: step) })
      }
    }
    return Field(text: texts.joined(separator: ","), isStarred: false, numbers: numbers)
  }

  func matches(_ local: LocalTime) -> Bool {
    let byDay = fields[2].numbers.contains(local.date.day)
    let byWeekday = fields[4].numbers.contains(local.date.weekday.isoNumber % 7)
    let either = !fields[2].isStarred && !fields[4].isStarred
    return fields[0].numbers.contains(local.time.minute)
      && fields[1].numbers.contains(local.time.hour)
      && fields[3].numbers.contains(local.date.month)
      && (either ? byDay || byWeekday : byDay && byWeekday)
  }
}
