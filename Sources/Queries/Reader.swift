import GRDB
import Model
import Store

/// A recording opened for reading.
package final class Reader {
    private let connection: DatabaseQueue
    /// Ends what runs.
    package let cancellation: Cancellation

    package init(path: String, cancellation: Cancellation = Cancellation()) throws {
        connection = try DatabaseQueue(path: path)
        self.cancellation = cancellation
        let connection = connection
        cancellation.onCancel { connection.interrupt() }
    }

    /// Runs questions on one consistent view of the recording.
    package func read<Value>(_ body: (Session) throws -> Value) throws -> Value {
        try connection.read { database in
            try body(try Session(database, cancellation: cancellation))
        }
    }
}
