import ArgumentParser
import JobStore
import Jobs
import Logging
import Postgres
import Runner
import Threads
import TradingTime

/// Throughput and lateness, each beside its floor and in the same run, as ratios.
@main
struct MuhuratBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "muhurat-bench",
    abstract: "Claims before a growing history, a drain beside pgbench, lateness beside a commit.")

  @Option(help: "Runs to drain.")
  var runs = 20_000

  @Option(help: "Locks they share.")
  var locks = 1_000

  @Option(help: "How often the drain is repeated; odd.")
  var repeats = 3

  @Option(help: "Seconds of the lateness measurement.")
  var seconds = 120

  @Option(help: "Jobs with a schedule of one second.")
  var jobs = 5

  @Option(help: "Further jobs, not due meanwhile.")
  var others = 10_000

  @Option(help: "Ended runs behind the claims that are measured; 0: not measured.")
  var history = 100_000

  mutating func run() async throws {
    let cluster = try BenchCluster.fromEnvironment()
    if history > 0 { try await HistoryBench(cluster: cluster, most: history).report() }
    try await DrainBench(cluster: cluster, runs: runs, locks: locks).report(repeats: repeats)
    try await LatenessBench(cluster: cluster, jobs: jobs, others: others).report(seconds: seconds)
  }
}

/// Order statistics of a sample.
struct Sample {
  private let sorted: [Double]

  init(_ values: [Double]) { sorted = values.sorted() }

  var count: Int { sorted.count }
  var median: Double { quantile(0.5) }

  func quantile(_ part: Double) -> Double {
    guard !sorted.isEmpty else { return .nan }
    return sorted[min(sorted.count - 1, Int((Double(sorted.count) * part).rounded(.down)))]
  }
}

func round(_ number: Double, _ places: Int = 2) -> String {
  var scale = 1.0
  for _ in 0..<places { scale *= 10 }
  return "\((number * scale).rounded() / scale)"
}
