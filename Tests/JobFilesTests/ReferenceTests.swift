import JobFiles
import Jobs
import Testing
import YAML

@Suite(.timeLimit(.minutes(10)))
struct `Jobs that wait for each other` {
  /// Problems of a folder in which each job waits for others, or the names of its jobs.
  private func report(_ after: [String: String]) throws -> [String] {
    let folder = try ScriptFolder()
    for (name, list) in after {
      let waits = list.isEmpty ? "" : "expires_after: 1h\nafter: \(list)\n"
      folder.write(
        "\(name).yaml", "unit: sync-positions\ntimeout: 25s\nschedule: { every: 1h }\n\(waits)")
    }
    do {
      return try JobFolder.read(folder.path, in: Fixture.context.get()).map(\.name)
    } catch let refused as Problems {
      return refused.list.map { $0.headline.replacing(folder.path, with: "jobs") }
    }
  }

  @Test
  func `may do so in any order without a circle`() throws {
    let found = try report(["a": "[b, c]", "b": "{ d: settled }", "c": "[d]", "d": ""])
    #expect(found == ["a", "b", "c", "d"])
  }

  @Test
  func `must be there`() throws {
    let found = try report([
      "reconcile": "", "rollup": "[reconcil]", "report": "{ reconcile: settled, x: settled }",
    ])
    #expect(
      found == [
        "jobs/report.yaml:5:33: no job named 'x'",
        "jobs/rollup.yaml:5:9: no job named 'reconcil'; did you mean 'reconcile'?",
      ])
  }

  @Test
  func `may not wait for themselves`() throws {
    let found = try report(["a": "[a]"])
    #expect(found == ["jobs/a.yaml:5:9: 'a' waits for itself"])
  }

  @Test
  func `may not wait in a circle, which is shown`() throws {
    let found = try report(["a": "[b]", "b": "[c]", "c": "{ a: settled }", "d": "[a]"])
    #expect(
      found == [
        "jobs/a.yaml:5:9: jobs wait for each other: a → b → c → a",
        "jobs/b.yaml:5:9: jobs wait for each other: b → c → a → b",
        "jobs/c.yaml:5:13: jobs wait for each other: c → a → b → c",
      ])
  }

  @Test
  func `are shown the shortest circle of several`() throws {
    let found = try report(["a": "[b, c]", "b": "[c]", "c": "[a]"])
    #expect(
      found == [
        "jobs/a.yaml:5:9: jobs wait for each other: a → b → c → a",
        "jobs/a.yaml:5:12: jobs wait for each other: a → c → a",
        "jobs/b.yaml:5:9: jobs wait for each other: b → c → a → b",
        "jobs/c.yaml:5:9: jobs wait for each other: c → a → c",
      ])
  }

  @Test
  func `are told in time, however long the chain`() throws {
    var after = Dictionary(uniqueKeysWithValues: (1..<500).map { ("job-\($0)", "[job-\($0 + 1)]") })
    after["job-500"] = ""
    #expect(try report(after).count == 500)
  }
}
