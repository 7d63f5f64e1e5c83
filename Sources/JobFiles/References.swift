import Jobs
import YAML

/// What only all files together can tell: `after` names jobs that are there, and never in a circle.
enum References {
  static func problems(of read: [ReadJob]) -> [Problem] {
    let names = read.map(\.job.name)
    var problems: [Problem] = []
    for file in read {
      for (after, place) in file.afterPlaces {
        if !names.contains(after.job) {
          let meant = nearest(to: after.job, in: names)
          problems.append(
            place("no job named '\(after.job)'", meant.map { "did you mean '\($0)'?" }))
        } else if reaches(file.job.name, from: after.job, read) {
          problems.append(
            place("'\(file.job.name)' and '\(after.job)' wait for each other", "break the circle"))
        }
      }
    }
    return problems
  }

  private static func reaches(_ target: String, from start: String, _ read: [ReadJob]) -> Bool {
    let edges = Dictionary(
      read.map { ($0.job.name, $0.job.after.map(\.job)) }, uniquingKeysWith: { first, _ in first })
    var seen: Set<String> = []
    var waiting = [start]
    while let name = waiting.popLast() {
      if name == target { return true }
      if seen.insert(name).inserted { waiting += edges[name] ?? [] }
    }
    return false
  }
}
