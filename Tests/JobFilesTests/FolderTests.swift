import FoundationEssentials
import Glibc
import JobFiles
import Jobs
import Testing
import YAML

@Suite(.timeLimit(.minutes(10)))
struct `A folder of job files` {
  private let folder: ScriptFolder

  init() throws { folder = try ScriptFolder() }

  /// Names of the jobs, or every problem.
  private func report(_ path: String? = nil) throws -> [String] {
    do {
      return try JobFolder.read(path ?? folder.path, in: Fixture.context.get()).map(\.name)
    } catch let refused as Problems {
      return refused.list.map { $0.headline.replacing(folder.path, with: "jobs") }
    }
  }

  private func write(_ name: String, _ more: String = "") {
    folder.write("\(name).yaml", "unit: sync-positions\ntimeout: 25s\n" + more)
  }

  @Test
  func `gives its jobs by name, and passes over what is no job file`() throws {
    for name in ["b", "a", "c-1"] { write(name) }
    folder.write(".hidden.yaml", "]")
    folder.write("a.yaml~", "]")
    folder.write("README.md", "]")
    let found = try report()
    #expect(found == ["a", "b", "c-1"])
    let again = try report(folder.path + "//")
    #expect(again == ["a", "b", "c-1"])
  }

  @Test
  func `without a job file is refused`() throws {
    let found = try report()
    #expect(found == ["jobs:1:1: no job files here; a job is one file named NAME.yaml"])
  }

  @Test
  func `that is not there is refused`() throws {
    let found = try report(folder.path + "/nowhere")
    #expect(
      found == [
        "jobs/nowhere:1:1: the folder of job files cannot be read; check its name and permissions"
      ])
  }

  @Test
  func `says which files are misnamed`() throws {
    write("a")
    folder.write("b.yml", "unit: sync-positions\n")
    folder.write("C.YAML", "unit: sync-positions\n")
    let found = try report()
    #expect(
      found == [
        "jobs/C.YAML:1:1: job files end in .yaml; rename it to C.yaml",
        "jobs/b.yml:1:1: job files end in .yaml; rename it to b.yaml",
      ])
  }

  @Test
  func `tells every problem of every file in one pass`() throws {
    write("a", "retrys: { attempts: 3 }\noverlap: skip\n")
    write("b")
    folder.write("c.yaml", "unit: [")
    folder.write("d.yml", "")
    folder.write("e.yaml", "timeout: 5\n")
    // Whether the job is there cannot be told while files do not read.
    write("f", "schedule: { every: 1h }\nexpires_after: 1h\nafter: [nobody]\n")
    let found = try report()
    #expect(
      found == [
        "jobs/a.yaml:3:1: unknown key 'retrys'; did you mean 'retry'?",
        "jobs/a.yaml:4:1: 'overlap' without a schedule; it is about slots, "
          + "and a job by hand has none",
        "jobs/c.yaml:1:8: expected a value",
        "jobs/d.yml:1:1: job files end in .yaml; rename it to d.yaml",
        "jobs/e.yaml:1:1: nothing to do; give one of unit, command, sql or http",
        "jobs/e.yaml:1:10: '5' has no unit; say 5s or 5m",
      ])
  }

  @Test
  func `refuses what is no ordinary file without waiting for it`() throws {
    write("a")
    #expect(mkfifo("\(folder.path)/pipe.yaml", 0o600) == 0)
    #expect(symlink("/dev/zero", "\(folder.path)/endless.yaml") == 0)
    #expect(symlink("nowhere", "\(folder.path)/gone.yaml") == 0)
    #expect(symlink("round.yaml", "\(folder.path)/round.yaml") == 0)
    #expect(symlink("long.sql", "\(folder.path)/long.yaml") == 0)
    #expect(mkdir("\(folder.path)/inner.yaml", 0o700) == 0)
    let found = try report()
    #expect(
      found == [
        "jobs/endless.yaml:1:1: the file is no ordinary file",
        "jobs/gone.yaml:1:1: the file is not there",
        "jobs/inner.yaml:1:1: the file is a folder, not a file",
        "jobs/long.yaml:1:1: the file has 1048577 bytes, more than 1048576",
        "jobs/pipe.yaml:1:1: the file is no ordinary file",
        "jobs/round.yaml:1:1: the file cannot be read: Too many levels of symbolic links",
      ])
  }

  @Test(.enabled(if: geteuid() != 0, "permissions do not bind the superuser"))
  func `says whose permissions forbid reading`() throws {
    write("a")
    #expect(chmod("\(folder.path)/a.yaml", 0) == 0)
    let found = try report()
    #expect(found == ["jobs/a.yaml:1:1: the file cannot be read; check its permissions"])
  }

  @Test
  func `takes a link for the file it leads to`() throws {
    folder.write("real.text", "unit: sync-positions\ntimeout: 25s\n")
    #expect(symlink("real.text", "\(folder.path)/linked.yaml") == 0)
    let found = try report()
    #expect(found == ["linked"])
  }

  @Test
  func `reads one file alone that vanished as not there`() throws {
    let error = #expect(throws: Problems.self) {
      try JobFile.read("\(folder.path)/gone.yaml", in: Fixture.context.get())
    }
    #expect(
      error?.list.map(\.headline) == ["\(folder.path)/gone.yaml:1:1: the file is not there"])
  }
}
