import Testing

@Suite(.timeLimit(.minutes(10)))
struct `A job file that is no plain YAML` {
  @Test(arguments: Self.cases)
  func `is refused where it breaks`(_ wrong: Case) throws {
    try wrong.expectRefusal()
  }

  private static let cases: [Case] = [
    .file("an empty file", "1️⃣", "1️⃣ expected a mapping, got nothing"),
    .file("only a comment", "1️⃣# nothing here", "1️⃣ expected a mapping, got nothing"),
    .file("null", "1️⃣~", "1️⃣ expected a mapping, got nothing"),
    .file("a text", "1️⃣sync the positions", "1️⃣ expected a mapping, got 'sync the positions'"),
    .file("a number", "1️⃣42", "1️⃣ expected a mapping, got '42'"),
    .file("a list", "1️⃣- unit: sync-positions", "1️⃣ expected a mapping, got a list"),
    .job(
      "two documents",
      "1️⃣---\nunit: reconcile\ntimeout: 1m",
      "1️⃣ a second document begins here; one file holds one"),
    .job(
      "a document that ends",
      "...\n1️⃣more: 1",
      "1️⃣ expected the end of the file; check the indentation"),
    .file(
      "a directive",
      "1️⃣%YAML 1.2\n---\nunit: sync-positions\ntimeout: 25s",
      "1️⃣ directives are not used here; remove it"),
    .file(
      "a tag directive",
      "1️⃣%TAG ! tag:example.com,2026:\n---\nunit: sync-positions\ntimeout: 25s",
      "1️⃣ directives are not used here; remove it"),
    .file(
      "an unclosed list",
      "command: [prog, arg\ntimeout1️⃣: 25s",
      "1️⃣ expected ',' or ']' in this list"),
    .job(
      "an unclosed mapping",
      "retry: { attempts: 31️⃣",
      "1️⃣ expected ',' or '}' in this mapping"),
    .file(
      "an unclosed single quote",
      "unit: 1️⃣'sync-positions\ntimeout: 25s",
      "1️⃣ this quote is never closed"),
    .file(
      "an unclosed double quote",
      "unit: 1️⃣\"sync-positions\ntimeout: 25s",
      "1️⃣ this quote is never closed"),
    .job("a tab that indents", "retry:\n1️⃣\tattempts: 3", "1️⃣ a tab cannot indent; use spaces"),
    .file(
      "a key without a colon",
      "unit: sync-positions\n1️⃣timeout 25s\noverlap: skip",
      "1️⃣ expected ':' after this key"),
    .job(
      "a colon too many",
      "description: positions1️⃣: all",
      "1️⃣ a ':' does not belong here; put a value that contains ': ' in quotes"),
    .job(
      "a wrong indentation",
      "retry:\n    attempts: 3\n  1️⃣backoff: 1s..5s",
      "1️⃣ expected a key; check the indentation"),
    .file(
      "an indented key",
      "unit: sync-positions\n  timeout1️⃣: 25s",
      "1️⃣ a ':' does not belong here; put a value that contains ': ' in quotes"),
    .file(
      "a list among keys",
      "unit: sync-positions\n1️⃣- timeout: 25s",
      "1️⃣ expected a key; check the indentation"),
    .job(
      "a value that begins with an at sign",
      "description: 1️⃣@home",
      "1️⃣ a value cannot begin with '@'; put it in quotes"),
    .job(
      "a value that begins with a backtick",
      "description: 1️⃣`home`",
      "1️⃣ a value cannot begin with '`'; put it in quotes"),
    .job(
      "a value that begins with a percent sign",
      "description: 1️⃣%home",
      "1️⃣ a value cannot begin with '%'; put it in quotes"),
    .job(
      "an unknown escape",
      #"description: "a1️⃣\qb""#,
      #"1️⃣ unknown escape after '\'; use single quotes"#),
    .job(
      "a short escape",
      #"description: "a\x1️⃣4""#,
      "1️⃣ not valid YAML: did not find expected hexdecimal number"),
    .job(
      "an escaped surrogate",
      #"description: "a\u1️⃣d800""#,
      "1️⃣ not valid YAML: found invalid Unicode character escape code"),
    .job(
      "an escaped NUL",
      #"description: 1️⃣"a\0b""#,
      #"1️⃣ the character U+0000 cannot be used; remove '\0'"#),
    .job(
      "an escaped NUL in a key",
      #"1️⃣"a\0b": 1"#,
      #"1️⃣ the character U+0000 cannot be used; remove '\0'"#,
      "1️⃣ unknown key 'a�b'"),
    .file(
      "an escaped NUL in a list",
      "command: [prog, 1️⃣\"a\\0b\"]\ntimeout: 25s",
      #"1️⃣ the character U+0000 cannot be used; remove '\0'"#),
    .file(
      "an escaped NUL in a parameter",
      "unit: try-parameters\ntimeout: 25s\nwith: { names: [1️⃣\"\\0\"] }",
      #"1️⃣ the character U+0000 cannot be used; remove '\0'"#),
    .job(
      "a comma missing in a mapping",
      "retry: { attempts: 3 backoff1️⃣: 1s..5s }",
      "1️⃣ expected ',' or '}' in this mapping"),
    .file(
      "brackets that do not match",
      "command: [prog1️⃣}\ntimeout: 25s",
      "1️⃣ expected ',' or ']' in this list"),
    .job(
      "braces that do not match",
      "retry: { attempts: 3 1️⃣]",
      "1️⃣ expected ',' or '}' in this mapping"),
    .file(
      "a closing bracket too many",
      "command: [prog]1️⃣]\ntimeout: 25s",
      "1️⃣ expected a key; check the indentation"),
    .file(
      "a dash without a space",
      "command:\n  1️⃣-prog\ntimeout: 25s",
      "1️⃣ expected a list for 'command', got '-prog'; no shell reads it: write "
        + "[program, argument, …]"),
    .file(
      "a list on the key's line",
      "command: 1️⃣- prog\ntimeout: 25s",
      "1️⃣ a list entry does not belong here; begin the list on its own line"),
    .file(
      "an anchor",
      "unit: sync-positions\ntimeout: 1️⃣&limit 25s",
      "1️⃣ anchors are not used here; write the value out"),
    .job(
      "an anchor on a mapping",
      "retry: 1️⃣&r { attempts: 3 }",
      "1️⃣ anchors are not used here; write the value out"),
    .file(
      "an anchor on a list",
      "command: 1️⃣&c [prog]\ntimeout: 25s",
      "1️⃣ anchors are not used here; write the value out"),
    .file(
      "an anchor on a key",
      "1️⃣&u unit: sync-positions\ntimeout: 25s",
      "1️⃣ anchors are not used here; write the value out"),
    .file(
      "an alias",
      "unit: sync-positions\ntimeout: 1️⃣&limit 25s\ngrace: 2️⃣*limit",
      "1️⃣ anchors are not used here; write the value out",
      "2️⃣ aliases are not used here; write the value out",
      "2️⃣ expected a span such as 30s for 'grace', got nothing"),
    .job(
      "an unknown alias",
      "grace: 1️⃣*limit",
      "1️⃣ aliases are not used here; write the value out",
      "1️⃣ expected a span such as 30s for 'grace', got nothing"),
    .job("an alias as a key", "1️⃣*a : 5", "1️⃣ aliases are not used here; write the value out"),
    .file(
      "an alias in a list",
      "command: [prog, 1️⃣*a]\ntimeout: 25s",
      "1️⃣ aliases are not used here; write the value out",
      "1️⃣ expected text for 'command', got nothing"),
    .job(
      "a merge key",
      "1️⃣<<: { grace: 5s }",
      "1️⃣ merge keys are not used here; write the keys out"),
    .file(
      "a tag",
      "unit: 1️⃣!!str sync-positions\ntimeout: 25s",
      "1️⃣ tags are not used here; remove 'tag:yaml.org,2002:str'"),
    .file(
      "a local tag",
      "unit: sync-positions\ntimeout: 1️⃣!secret 25s",
      "1️⃣ tags are not used here; remove '!secret'"),
    .file(
      "a verbatim tag",
      "unit: sync-positions\ntimeout: 1️⃣!<tag:yaml.org,2002:str> 25s",
      "1️⃣ tags are not used here; remove 'tag:yaml.org,2002:str'"),
    .file(
      "a lone tag",
      "unit: 1️⃣! sync-positions\ntimeout: 25s",
      "1️⃣ tags are not used here; remove '!'"),
    .file(
      "a tag with an unknown handle",
      "unit: 1️⃣!e!x sync-positions\ntimeout: 25s",
      "1️⃣ tags are not used here; remove it"),
    .job(
      "a tag on a mapping",
      "retry: 1️⃣!!map { attempts: 3 }",
      "1️⃣ tags are not used here; remove 'tag:yaml.org,2002:map'"),
    .file(
      "a tag on a list",
      "command: 1️⃣!!seq [prog]\ntimeout: 25s",
      "1️⃣ tags are not used here; remove 'tag:yaml.org,2002:seq'"),
    .job("a key that is a list", "1️⃣[a, b]: 1", "1️⃣ a key must be a word, got a list"),
    .job("a key that is a mapping", "1️⃣{a: b}: 1", "1️⃣ a key must be a word, got a mapping"),
    .file(
      "an explicit key",
      "? unit\n: sync-positions\n? timeout\n: 25s\n? 1️⃣[a]\n: 1",
      "1️⃣ a key must be a word, got a list"),
    .job("an empty key", #"1️⃣"": 1"#, "1️⃣ a key is missing"),
    .job("a missing key", "1️⃣: 1", "1️⃣ expected a key; check the indentation"),
    .job("a repeated key", "1️⃣timeout: 30s", "1️⃣ repeated key 'timeout'; the first is at 2:1"),
    .job(
      "a key repeated with other quotes",
      #"1️⃣"timeout": 30s"#,
      "1️⃣ repeated key 'timeout'; the first is at 2:1"),
    .job(
      "a key repeated twice",
      "1️⃣timeout: 30s\n2️⃣timeout: 35s",
      "1️⃣ repeated key 'timeout'; the first is at 2:1",
      "2️⃣ repeated key 'timeout'; the first is at 2:1"),
    .job(
      "a key repeated further in",
      "retry: { attempts: 2, 1️⃣attempts: 3 }",
      "1️⃣ repeated key 'attempts'; the first is at 3:10"),
    .job(
      "a key repeated in a block",
      "needs:\n  signed_in: true\n  gates: []\n  1️⃣signed_in: false",
      "1️⃣ repeated key 'signed_in'; the first is at 4:3"),
    .job("a repeated work", "1️⃣unit: reconcile", "1️⃣ repeated key 'unit'; the first is at 1:1"),
    .job(
      "a repeated freshness",
      "needs: { fresh: { prices: 5s, 1️⃣prices: 9s } }",
      "1️⃣ repeated key 'prices'; the first is at 3:19"),
    .file(
      "a block text where a word is wanted",
      "unit: 1️⃣|\n  sync-positions\ntimeout: 25s",
      #"1️⃣ no unit named 'sync-positions\n'; did you mean 'sync-positions'?"#),
  ]
}
