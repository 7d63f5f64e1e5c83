import ArgumentParser
import Desk
import DeskStore
import JobStore
import Postgres

/// A command of the product: what goes wrong ends it with the right code and one text.
protocol Command: AsyncParsableCommand {
  func execute() async throws
}

extension Command {
  func run() async throws {
    do {
      try await execute()
    } catch let refusal as Refusal {
      Console.complain(refusal.description)
      throw refusal.exit.code
    } catch let exit as ExitCode {
      throw exit
    } catch let error as CleanExit {
      throw error
    } catch let error as ValidationError {
      throw error
    } catch let problem as ConfigurationProblem {
      Console.complain(problem.description)
      throw Exit.configuration.code
    } catch let error as PostgresError {
      Console.complain("\(error)")
      throw error.exit.code
    } catch let refusal as OperatorRefusal {
      Console.complain(refusal.description)
      throw Exit.data.code
    } catch let refusal as DeskRefusal {
      Console.complain(refusal.description)
      throw Exit.data.code
    } catch let error as BrokerError {
      Console.complain("\(error)")
      throw error.exit.code
    } catch {
      Console.complain("\(error)")
      throw Exit.failed.code
    }
  }
}

extension PostgresError {
  fileprivate var exit: Exit {
    switch self {
    case .unavailable, .connectionLost, .timedOut: .unavailable
    default: .failed
    }
  }
}

extension BrokerError {
  fileprivate var exit: Exit {
    if case .notSignedIn = self { .notPermitted } else { .unavailable }
  }
}
