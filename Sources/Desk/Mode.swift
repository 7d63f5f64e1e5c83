/// Whether real money moves. The mode is part of every key and a database remembers its own, so
/// that paper rows and live rows can never meet.
package enum Mode: String, Hashable, Sendable, Codable, CaseIterable {
  case live
  case paper
}
