import JobFiles
import Jobs
import Testing
import YAML

@Suite(.timeLimit(.minutes(10)))
struct `The bytes of a job file` {
  private func report(_ bytes: [UInt8], name: String = "job.yaml") throws -> [String] {
    do {
      let read = try JobFile.read(bytes, path: "jobs/\(name)", in: Fixture.context.get())
      return ["accepted \(read.job.name)"]
    } catch let refused as Problems {
      return refused.list.map(\.headline)
    }
  }

  private let good = Array("unit: sync-positions\ntimeout: 25s\n".utf8)

  @Test
  func `may begin with a byte order mark`() throws {
    let found = try report([0xEF, 0xBB, 0xBF] + good)
    #expect(found == ["accepted job"])
  }

  @Test
  func `may not hold a NUL`() throws {
    let found = try report(good + [0x61, 0])
    #expect(
      found == [
        "jobs/job.yaml:3:2: the character U+0000 cannot be used; remove it"
      ])
  }

  @Test
  func `may not hold controls`() throws {
    let found = try report(good + Array("tags: [\u{7}]".utf8))
    #expect(
      found == [
        "jobs/job.yaml:3:8: the character U+0007 cannot be used; remove it"
      ])
  }

  @Test(arguments: [[0xE9], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0x80]])
  func `must be UTF-8`(_ bytes: [UInt8]) throws {
    let found = try report(good + Array("tags: [".utf8) + bytes)
    #expect(
      found == [
        "jobs/job.yaml:3:8: not UTF-8; save the file as UTF-8"
      ])
  }

  @Test
  func `may not be UTF-16`() throws {
    let found = try report([0xFF, 0xFE] + good.flatMap { [$0, 0] })
    #expect(
      found == [
        "jobs/job.yaml:1:1: not UTF-8; save the file as UTF-8"
      ])
  }

  @Test
  func `are a mebibyte at most`() throws {
    let comment = [UInt8](repeating: UInt8(ascii: "#"), count: (1 << 20) - good.count)
    let found = try report(good + comment)
    #expect(found == ["accepted job"])
    let again = try report(good + comment + [0x23])
    #expect(
      again == [
        "jobs/job.yaml:1:1: the file has 1048577 bytes, more than 1048576"
      ])
  }

  @Test
  func `may not nest for ever`() throws {
    let bomb = Array("tags: ".utf8) + [UInt8](repeating: UInt8(ascii: "["), count: 100_000)
    let found = try report(good + bomb)
    #expect(found == ["jobs/job.yaml:3:38: nested deeper than 32 levels"])
  }

  @Test
  func `may not hold values without end`() throws {
    let list = String(repeating: "a,", count: 30_000)
    let found = try report(good + Array("tags: [\(list)]".utf8))
    #expect(
      found == [
        "jobs/job.yaml:3:39994: more than 20000 values; split the file"
      ])
  }

  @Test
  func `may not multiply by aliases`() throws {
    var text = "a: &a [x, x]\n"
    for letter in "bcdefghij" {
      let before = String(UnicodeScalar(letter.asciiValue.map { $0 - 1 } ?? 0))
      text += "\(letter): &\(letter) [*\(before), *\(before)]\n"
    }
    let report = try report(Array(text.utf8))
    #expect(report.count == 40)
    #expect(
      report.first == "jobs/job.yaml:1:1: nothing to do; give one of unit, command, sql or http")
  }

  @Test(
    arguments: [
      "Job.yaml", "my job.yaml", "job_1.yaml", "-job.yaml", "job-.yaml", "jöb.yaml", "job.1.yaml",
      String(repeating: "a", count: 65) + ".yaml",
    ])
  func `of a file whose name is no job's are refused`(_ name: String) throws {
    let stem = name.dropLast(5)
    let found = try report(good, name: name)
    #expect(
      found == [
        "jobs/\(name):1:1: '\(stem)' is no job name; "
          + "use 1 to 64 lower-case letters, digits and inner hyphens"
      ])
  }

  @Test(arguments: ["a", "9", "end-of-day-report", String(repeating: "a", count: 64)])
  func `of a file with a job's name are read`(_ stem: String) throws {
    let found = try report(good, name: "\(stem).yaml")
    #expect(found == ["accepted \(stem)"])
  }
}
