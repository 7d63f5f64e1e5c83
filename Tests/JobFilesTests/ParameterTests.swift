import Testing

@Suite(.timeLimit(.minutes(10)))
struct `The parameters of a unit` {
  @Test(arguments: Self.cases)
  func `are refused unless the unit takes them`(_ wrong: Case) throws {
    try wrong.expectRefusal()
  }

  private static let cases: [Case] = [
    .work(
      "parameters of a program",
      "command: [prog]\nwith: 1️⃣{ a: 1 }",
      "1️⃣ 'with' is for built-in units; a program takes its arguments in 'command'"),
    .work(
      "parameters of a call",
      "http: { url: \"https://example.com/\" }\nwith: 1️⃣{ a: 1 }",
      "1️⃣ 'with' is for built-in units; a program takes its arguments in 'command'"),
    .work(
      "parameters of a unit that has none",
      "unit: reconcile\nwith: { 1️⃣account: asha }",
      "1️⃣ unknown key 'account'"),
    .work(
      "parameters of an unknown unit say nothing more",
      "unit: 1️⃣sync-postions\nwith: { a: 1 }",
      "1️⃣ no unit named 'sync-postions'; did you mean 'sync-positions'?"),
    .work(
      "parameters as a list",
      "unit: try-parameters\nwith: 1️⃣[text]",
      "1️⃣ expected a mapping for 'with', got a list"),
    .work(
      "parameters as text",
      "unit: try-parameters\nwith: 1️⃣text",
      "1️⃣ expected a mapping for 'with', got 'text'"),
    .work(
      "parameters without value",
      "unit: try-parameters\nwith:1️⃣",
      "1️⃣ expected a mapping for 'with', got nothing"),
    .work(
      "a misspelt parameter",
      "unit: try-parameters\nwith: { 1️⃣cuont: 5 }",
      "1️⃣ unknown key 'cuont'; did you mean 'count'?"),
    .work(
      "a parameter far off",
      "unit: try-parameters\nwith: { 1️⃣speed: 5 }",
      "1️⃣ unknown key 'speed'; keys here are: count, loud, names, pause, price, text"),
    .work(
      "a required parameter missing",
      "unit: strategy-tick\nwith: 1️⃣{ fast: \"5\" }",
      "1️⃣ missing key 'strategy' in 'with'"),
    .work(
      "a required parameter misspelt",
      "unit: strategy-tick\nwith: 1️⃣{ 2️⃣stratgy: sma-cross }",
      "1️⃣ missing key 'strategy' in 'with'",
      "2️⃣ unknown key 'stratgy'; did you mean 'strategy'?"),
    .work(
      "a list for text",
      "unit: try-parameters\nwith: { text: 1️⃣[a] }",
      "1️⃣ expected text for 'with.text', got a list"),
    .work(
      "nothing for text",
      "unit: try-parameters\nwith: { text: 1️⃣}",
      "1️⃣ expected text for 'with.text', got nothing"),
    .work(
      "text for a whole number",
      "unit: try-parameters\nwith: { count: 1️⃣five }",
      "1️⃣ expected a whole number for 'with.count', got 'five'"),
    .work(
      "a quoted whole number",
      "unit: try-parameters\nwith: { count: 1️⃣\"5\" }",
      "1️⃣ expected a whole number for 'with.count', got the text '5'; remove the quotes"),
    .work(
      "a decimal for a whole number",
      "unit: try-parameters\nwith: { count: 1️⃣5.5 }",
      "1️⃣ expected a whole number for 'with.count', got '5.5'"),
    .work(
      "an octal number",
      "unit: try-parameters\nwith: { count: 1️⃣010 }",
      "1️⃣ expected a whole number for 'with.count', got '010'"),
    .work(
      "a hexadecimal number",
      "unit: try-parameters\nwith: { count: 1️⃣0x1F }",
      "1️⃣ expected a whole number for 'with.count', got '0x1F'"),
    .work(
      "a number too large",
      "unit: try-parameters\nwith: { count: 1️⃣9223372036854775808 }",
      "1️⃣ expected a whole number for 'with.count', got '9223372036854775808'"),
    .work(
      "a number with underscores",
      "unit: try-parameters\nwith: { count: 1️⃣1_000 }",
      "1️⃣ expected a whole number for 'with.count', got '1_000'"),
    .work(
      "text for a decimal",
      "unit: try-parameters\nwith: { price: 1️⃣cheap }",
      "1️⃣ expected a number for 'with.price', got 'cheap'"),
    .work(
      "a quoted decimal",
      "unit: try-parameters\nwith: { price: 1️⃣\"1.5\" }",
      "1️⃣ expected a number for 'with.price', got the text '1.5'; remove the quotes"),
    .work(
      "a decimal with an exponent",
      "unit: try-parameters\nwith: { price: 1️⃣1e3 }",
      "1️⃣ expected a number for 'with.price', got '1e3'"),
    .work(
      "a decimal with a comma",
      "unit: try-parameters\nwith: { price: 1️⃣\"1,5\" }",
      "1️⃣ expected a number for 'with.price', got the text '1,5'"),
    .work(
      "a decimal too long",
      "unit: try-parameters\nwith: { price: 1️⃣1.2345678901234567890123456789012345678901 }",
      "1️⃣ expected a number of at most 36 digits for 'with.price', got "
        + "'1.2345678901234567890123456789012345678901'"),
    .work(
      "infinity",
      "unit: try-parameters\nwith: { price: 1️⃣.inf }",
      "1️⃣ expected a number for 'with.price', got '.inf'"),
    .work(
      "not a number",
      "unit: try-parameters\nwith: { price: 1️⃣.nan }",
      "1️⃣ expected a number for 'with.price', got '.nan'"),
    .work(
      "yes for true",
      "unit: try-parameters\nwith: { loud: 1️⃣yes }",
      "1️⃣ expected true or false for 'with.loud', got 'yes'; did you mean true?"),
    .work(
      "off for false",
      "unit: try-parameters\nwith: { loud: 1️⃣off }",
      "1️⃣ expected true or false for 'with.loud', got 'off'; did you mean false?"),
    .work(
      "one for true",
      "unit: try-parameters\nwith: { loud: 1️⃣1 }",
      "1️⃣ expected true or false for 'with.loud', got '1'"),
    .work(
      "a quoted true",
      "unit: try-parameters\nwith: { loud: 1️⃣\"true\" }",
      "1️⃣ expected true or false for 'with.loud', got the text 'true'; remove the quotes"),
    .work(
      "a span without a unit",
      "unit: try-parameters\nwith: { pause: 1️⃣5 }",
      "1️⃣ '5' has no unit; say 5s or 5m"),
    .work(
      "a negative span",
      "unit: try-parameters\nwith: { pause: 1️⃣-5s }",
      "1️⃣ '-5s' is negative; a span is not"),
    .work(
      "a list of lists",
      "unit: try-parameters\nwith: { names: [1️⃣[a]] }",
      "1️⃣ expected text for 'with.names', got a list"),
    .work(
      "a mapping for a list",
      "unit: try-parameters\nwith: { names: 1️⃣{ a: b } }",
      "1️⃣ expected text for 'with.names', got a mapping"),
    .work(
      "four wrong at once",
      "unit: try-parameters\nwith: { count: 1️⃣x, price: 2️⃣y, loud: 3️⃣z, pause: 4️⃣never }",
      "1️⃣ expected a whole number for 'with.count', got 'x'",
      "2️⃣ expected a number for 'with.price', got 'y'",
      "3️⃣ expected true or false for 'with.loud', got 'z'",
      "4️⃣ 'never' is no span; write one such as 30s, 5m or 1h30m"),
  ]
}
