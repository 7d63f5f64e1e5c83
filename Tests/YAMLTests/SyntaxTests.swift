import Testing
import YAML

@Suite(.timeLimit(.minutes(10)))
struct `A document that is refused` {
  @Test(arguments: refusals)
  func `says where and why, and what to do`(_ refusal: Refusal) throws {
    let marked = MarkedText(refusal.document)
    let problems = try #require(throws: Problems.self) {
      try YAMLFile.node(marked.bytes, name: "jobs/a.yaml")
    }
    #expect(problems.description == marked.report(refusal.sentences, file: "jobs/a.yaml"))
  }

  static let refusals = [
    Refusal(
      "repeated key",
      """
      unit: reconcile
      timeout: 5m
      1️⃣timeout: 10m
      """,
      "repeated key 'timeout'; the first is at 2:1"),
    Refusal(
      "repeated key in a flow mapping, quoted the second time",
      "retry: { attempts: 3, 1️⃣\"attempts\": 4 }",
      "repeated key 'attempts'; the first is at 1:10"),
    Refusal(
      "key given three times",
      """
      a: 1
      1️⃣a: 2
      2️⃣a: 3
      """,
      "repeated key 'a'; the first is at 1:1", "repeated key 'a'; the first is at 1:1"),
    Refusal(
      "anchor and alias",
      """
      retry: 1️⃣&usual { attempts: 3 }
      other: 2️⃣*usual
      """,
      "anchors are not used here; write the value out",
      "aliases are not used here; write the value out"),
    Refusal("alias as a key", "1️⃣*a : 1", "aliases are not used here; write the value out"),
    Refusal(
      "merge key",
      """
      a: 1
      1️⃣<<: { b: 2 }
      """,
      "merge keys are not used here; write the keys out"),
    Refusal(
      "tag", "a: 1️⃣!!str 5", "tags are not used here; remove 'tag:yaml.org,2002:str'"),
    Refusal("lone tag", "a: 1️⃣! 5", "tags are not used here; remove '!'"),
    Refusal("tag on a list", "a: 1️⃣!set [x]", "tags are not used here; remove '!set'"),
    Refusal(
      "second document",
      """
      a: 1
      1️⃣---
      a: 2
      """,
      "a second document begins here; one file holds one"),
    Refusal(
      "directive", "1️⃣%YAML 1.2\n---\na: 1", "directives are not used here; remove it"),
    Refusal(
      "list as a key", "1️⃣[a, b]: 1", "a key must be a word, got a list"),
    Refusal("empty key", "1️⃣\"\": 1", "a key is missing"),
    Refusal(
      "colon in a plain value", "description: mirror1️⃣: positions",
      "a ':' does not belong here; put a value that contains ': ' in quotes"),
    Refusal(
      "tab as indentation",
      "retry:\n1️⃣\tattempts: 3",
      "a tab cannot indent; use spaces"),
    Refusal(
      "at sign", "to: 1️⃣@desk", "a value cannot begin with '@'; put it in quotes"),
    Refusal("backtick", "to: 1️⃣`date`", "a value cannot begin with '`'; put it in quotes"),
    Refusal("open quote", "a: 1\nb: 1️⃣\"x\nc: 2", "this quote is never closed"),
    Refusal(
      "key without a colon",
      """
      unit: sync
      1️⃣timeout
      retry: 3
      """,
      "expected ':' after this key"),
    Refusal("open list", "a: [1, 21️⃣", "expected ',' or ']' in this list"),
    Refusal("open mapping", "a: {b: x1️⃣", "expected ',' or '}' in this mapping"),
    Refusal(
      "wrong indentation",
      """
      retry:
          attempts: 3
        1️⃣backoff: 1s
      """,
      "expected a key; check the indentation"),
    Refusal(
      "list on its key's line", "a: 1️⃣- b",
      "a list entry does not belong here; begin the list on its own line"),
    Refusal("wrong escape", #"a: "b1️⃣\d""#, "unknown escape after '\\'; use single quotes"),
    Refusal(
      "several at once, in the file's order",
      """
      a: 1️⃣&x 1
      b: 2️⃣!y 2
      3️⃣a: 3
      """,
      "anchors are not used here; write the value out", "tags are not used here; remove '!y'",
      "repeated key 'a'; the first is at 1:1"),
  ]
}
