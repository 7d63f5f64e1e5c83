import Glibc

/// A value that one thread at a time may touch.
///
/// A pthread mutex, because `Synchronization.Mutex` draws false reports from the thread sanitizer
/// on Linux. Nothing that waits belongs inside `withLock`.
///
/// `@unchecked Sendable` is sound: `value` is reached only between lock and unlock, and the mutex
/// lies at a stable heap address.
package final class Locked<Value>: @unchecked Sendable {
  private var value: Value
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>

  package init(_ value: sending Value) {
    self.value = value
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  package func withLock<Answer, Failure: Error>(
    _ body: (inout sending Value) throws(Failure) -> sending Answer
  ) throws(Failure) -> sending Answer {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(&value)
  }
}
