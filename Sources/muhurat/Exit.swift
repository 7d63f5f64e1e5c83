import ArgumentParser

/// How a command ends; DESIGN section 6.
enum Exit: Int32 {
  case done = 0
  case failed = 1
  case usage = 64
  /// Bad definitions or data.
  case data = 65
  case unavailable = 69
  /// The lock is held; try again.
  case busy = 75
  /// An outcome is unknown: a person must look.
  case unknown = 76
  case notPermitted = 77
  case configuration = 78

  var code: ExitCode { ExitCode(rawValue) }
}

/// A refusal that ends the command with its code and one text on standard error.
struct Refusal: Error, CustomStringConvertible {
  let exit: Exit
  let description: String

  init(_ exit: Exit, _ description: String) {
    self.exit = exit
    self.description = description
  }
}
