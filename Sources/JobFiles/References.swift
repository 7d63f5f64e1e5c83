import Jobs
import YAML

/// What only all files together can tell: `after` names jobs that are there, and never in a circle;
/// a pool has one size.
struct References {
  private let read: [ReadJob]
  private let edges: [String: [String]]
  /// Jobs that wait for a circle, directly or not: those in one are among them.
  private let tangled: Set<String>

  init(_ read: [ReadJob]) {
    self.read = read
    let edges = Dictionary(
      read.map { ($0.job.name, $0.job.after.map(\.job)) }, uniquingKeysWith: { first, _ in first })
    self.edges = edges
    tangled = Self.tangled(edges)
  }

  /// Takes away whoever waits for nobody, again and again: each edge is looked at once.
  private static func tangled(_ edges: [String: [String]]) -> Set<String> {
    var waitingFor = edges.mapValues { $0.count { edges[$0] != nil } }
    var waiters: [String: [String]] = [:]
    for (name, targets) in edges {
      for target in targets { waiters[target, default: []].append(name) }
    }
    var free = waitingFor.filter { $0.value == 0 }.map(\.key)
    while let name = free.popLast() {
      waitingFor[name] = nil
      for waiter in waiters[name] ?? [] {
        guard let count = waitingFor[waiter] else { continue }
        waitingFor[waiter] = count - 1
        if count == 1 { free.append(waiter) }
      }
    }
    return Set(waitingFor.keys)
  }

  var problems: [Problem] {
    var problems: [Problem] = []
    for file in read {
      for (after, place) in file.afterPlaces {
        if edges[after.job] == nil {
          let meant = nearest(to: after.job, in: edges.keys.sorted())
          problems.append(
            place("no job named '\(after.job)'", meant.map { "did you mean '\($0)'?" }))
        } else if after.job == file.job.name {
          problems.append(place("'\(file.job.name)' waits for itself", nil))
        } else if let circle = circle(from: file.job.name, over: after.job) {
          problems.append(
            place("jobs wait for each other: \(circle.joined(separator: " → "))", nil))
        }
      }
    }
    return problems + sizesOfPools
  }

  private var sizesOfPools: [Problem] {
    var first: [String: (max: Int, job: String)] = [:]
    var problems: [Problem] = []
    for file in read {
      guard let pool = file.job.pool, let place = file.poolPlace else { continue }
      if let known = first[pool.name], known.max != pool.max {
        problems.append(
          place(
            "pool '\(pool.name)' has \(pool.max) places here and \(known.max) in job '\(known.job)'",
            "write the same 'max' in all of its jobs"))
      }
      if first[pool.name] == nil { first[pool.name] = (pool.max, file.job.name) }
    }
    return problems
  }

  /// The shortest way back, as names; nil if there is none.
  private func circle(from start: String, over first: String) -> [String]? {
    guard tangled.contains(start), tangled.contains(first) else { return nil }
    var cameFrom = [first: start]
    var waiting = [first]
    var next = 0
    while next < waiting.count {
      let name = waiting[next]
      next += 1
      for target in edges[name] ?? [] {
        if target == start { return path(to: name, from: start, cameFrom) + [start] }
        guard cameFrom[target] == nil, tangled.contains(target) else { continue }
        cameFrom[target] = name
        waiting.append(target)
      }
    }
    return nil
  }

  private func path(to end: String, from start: String, _ cameFrom: [String: String]) -> [String] {
    var path = [end]
    while let last = path.last, last != start, let before = cameFrom[last] { path.append(before) }
    return path.reversed()
  }
}
