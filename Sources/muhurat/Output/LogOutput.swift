import ArgumentParser
import FoundationEssentials
import Glibc
import Logging
import Threads
import TradingTime

enum LogFormat: String, ExpressibleByArgument, CaseIterable {
  case text, json
}

/// Log lines on standard error: for a person, for the journal (with its priority prefix), or as JSON.
struct LogOutput: LogHandler {
  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.notice
  let format: LogFormat
  /// Whether standard error is the journal's own stream.
  let isJournal: Bool

  static func isJournal(_ environment: [String: String]) -> Bool {
    guard let stream = environment["JOURNAL_STREAM"] else { return false }
    var facts = stat()
    guard fstat(2, &facts) == 0 else { return false }
    return stream == "\(facts.st_dev):\(facts.st_ino)"
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let facts = metadata.merging(event.metadata ?? [:]) { _, given in given }
    let now = Instant(microseconds: SystemClock.microsecondsSinceEpoch())
    let line: String
    switch format {
    case .json: line = json(event, facts, now)
    case .text:
      let words = facts.sorted { $0.key < $1.key }.map { "\($0.key)=\(quoted("\($0.value)"))" }
      let text = ([event.message.description] + words).joined(separator: " ")
      line = isJournal ? "<\(priority(event.level))>\(text)" : "\(now) \(event.level) \(text)"
    }
    Console.complain(line.split(whereSeparator: \.isNewline).joined(separator: " ⏎ "))
  }

  private func quoted(_ text: String) -> String {
    text.contains(where: { $0 == " " || $0 == "\"" || $0.isNewline })
      ? "\"\(text.replacing("\"", with: "'"))\"" : text
  }

  private func json(_ event: LogEvent, _ facts: Logger.Metadata, _ now: Instant) -> String {
    var line = facts.mapValues { "\($0)" }
    line["at"] = now.description
    line["level"] = event.level.rawValue
    line["message"] = event.message.description
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let bytes = try? encoder.encode(line) else { return "{}" }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func priority(_ level: Logger.Level) -> Int {
    switch level {
    case .critical: 2
    case .error: 3
    case .warning: 4
    case .notice: 5
    case .info: 6
    case .debug, .trace: 7
    }
  }
}
