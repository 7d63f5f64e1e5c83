import FoundationEssentials
import JobFiles
import Jobs
import Testing
import TradingTime
import YAML

/// What the job files of these tests may name: the shipped calendars, and units of every kind of
/// parameter.
enum Fixture {
  static let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")

  static let context = Result {
    JobFileContext(
      catalogue: catalogue,
      calendars: [
        "nse-cash": try ShippedCalendars.read("nse-cash"),
        "nse-fno": try ShippedCalendars.read("nse-fno"),
      ], zone: { zones[$0] })
  }

  static let zones: [String: ZoneRules] = [
    "Asia/Kolkata": .india, "Etc/UTC": .utc,
    "Europe/London": .fixed("Europe/London", offsetSeconds: 0),
    "America/New_York": .fixed("America/New_York", offsetSeconds: -18_000),
  ]

  static let catalogue = UnitCatalogue(
    units: [
      unit("sync-positions", "sync"),
      unit("update-prices", "prices", [.init("watch", .list, ""), .init("interval", .text, "")]),
      unit("reconcile", "reconciliation"),
      unit("analytics-rollup", "analytics"),
      unit("end-of-day-report", "report"),
      unit(
        "prune-history", "pruning",
        [.init("history", .duration, ""), .init("vault", .duration, "")]),
      unit(
        "load-contracts", "contracts",
        [.init("exchanges", .list, ""), .init("accept", .list, "")]),
      unit(
        "strategy-tick", "targets",
        [
          .init("strategy", .text, "", isRequired: true), .init("stale_after", .duration, ""),
          .init("fast", .text, ""), .init("slow", .text, ""),
        ], isIdempotent: false),
      unit(
        "try-parameters", "trial",
        [
          .init("text", .text, ""), .init("count", .integer, ""), .init("price", .decimal, ""),
          .init("loud", .boolean, ""), .init("pause", .duration, ""), .init("names", .list, ""),
        ]),
    ], items: ["account"], freshness: ["positions", "prices"], gates: ["kill-switch-off"])

  private static func unit(
    _ name: String, _ kind: String, _ parameters: [UnitDescription.Parameter] = [],
    isIdempotent: Bool = true
  ) -> UnitDescription {
    UnitDescription(
      name: name, summary: "", isIdempotent: isIdempotent, resultKind: kind, parameters: parameters)
  }
}
