import Testing
import YAML

@Suite(.timeLimit(.minutes(10)))
struct `Scalars` {
  @Test(arguments: [
    ("", Scalar.Value.null), ("~", .null), ("null", .null), ("nil", .string("nil")),
    ("true", .bool(true)), ("False", .bool(false)), ("tRUE", .string("tRUE")),
    ("on", .string("on")), ("no", .string("no")), ("yes", .string("yes")),
    ("0", .int(0)), ("-7", .int(-7)), ("+7", .int(7)), ("010", .string("010")),
    ("1:30", .string("1:30")), ("1_000", .string("1_000")), ("0x1F", .string("0x1F")),
    ("0o17", .string("0o17")), ("1e3", .string("1e3")), (".5", .string(".5")),
    ("5.", .string("5.")), (".inf", .string(".inf")), ("-", .string("-")),
    ("0.5", .decimal("0.5")), ("-12.50", .decimal("-12.50")), ("00.5", .string("00.5")),
    ("9223372036854775807", .int(.max)), ("9223372036854775808", .decimal("9223372036854775808")),
    ("2026-07-09", .string("2026-07-09")), ("30s", .string("30s")), ("٣", .string("٣")),
  ])
  func `without quotes are what they look like, and nothing else`(
    _ text: String, _ value: Scalar.Value
  ) {
    #expect(Scalar(text: text, isPlain: true).value == value)
  }

  @Test(arguments: ["", "1", "true", "null", "0.5"])
  func `in quotes are text`(_ text: String) {
    #expect(Scalar(text: text, isPlain: false).value == .string(text))
  }
}
