import GRDB
package import Store

/// A recording opened for reading.
package final class Reader {
    /// Whether an address lies within a prefix of so many bits.
    package typealias PrefixTest =
        @Sendable (_ address: String, _ prefix: String, _ length: Int64) -> Bool

    private let file: RecordingFile
    private let cancellation: Cancellation

    /// Opens the file. A clause may call the SQL function `socktape_in_prefix(address, prefix,
    /// length)`, which `isInPrefix` answers.
    package init(
        path: String, cancellation: Cancellation = Cancellation(),
        isInPrefix: @escaping PrefixTest = { _, _, _ in false }
    ) throws {
        file = try RecordingFile.open(readingPath: path)
        self.cancellation = cancellation
        let database = file.database
        cancellation.onCancel { database.interrupt() }
        database.unsafeReentrantRead { $0.add(function: Self.prefixFunction(isInPrefix)) }
    }

    /// Runs questions on one consistent view of the recording.
    package func read<Value>(_ body: (Session) throws -> Value) throws -> Value {
        do {
            return try file.database.read { database in
                try body(
                    try Session(database, path: file.path, cancellation: cancellation))
            }
        } catch let error as DatabaseError {
            throw QueryError(error, isFree: false, cancellation: cancellation)
        }
    }

    /// What is wrong with the file; empty when nothing is.
    package func check() throws -> [CheckFinding] {
        try unlessCancelled { try file.check() }
    }

    /// Copies the recording as it stands; on failure nothing of the copy remains.
    package func snapshot(to target: String) throws {
        try unlessCancelled {
            try file.snapshot(to: target) { [cancellation] _, _ in
                if let reason = cancellation.reason { throw reason.error }
            }
        }
    }

    /// Carries what can be read of a damaged recording into a new file; on failure nothing of it
    /// remains.
    package static func salvage(
        _ path: String, into target: String, cancellation: Cancellation
    ) throws -> SalvageReport {
        try RecordingFile.salvage(path, into: target) {
            if let reason = cancellation.reason { throw reason.error }
        }
    }

    private func unlessCancelled<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as StoreError where error.kind == .cancelled {
            throw (cancellation.reason ?? .interrupted).error
        }
    }

    private static func prefixFunction(_ isInPrefix: @escaping PrefixTest) -> DatabaseFunction {
        DatabaseFunction("socktape_in_prefix", argumentCount: 3, pure: true) { values in
            guard let address = String.fromDatabaseValue(values[0]),
                let prefix = String.fromDatabaseValue(values[1]),
                let length = Int64.fromDatabaseValue(values[2])
            else { return nil }
            return isInPrefix(address, prefix, length)
        }
    }
}
