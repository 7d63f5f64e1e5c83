import TradingTime

/// What alarms follow from which facts: the whole table, each line with its sentence and its next
/// step. Sentences name moments rather than ages, so that they stay true while an alarm stands.
package enum AlarmRules {
  /// Everything that stands now.
  package static func standing(_ facts: AlarmFacts) -> [Alarm] {
    table.flatMap { $0.find(facts) }
  }

  static func needsTables(kind: String) -> Bool {
    table.first { $0.kind.rawValue == kind }?.needsTables ?? true
  }

  static let table = ofThisProcess + ofTheTables + ofOneJob
}
