import Glibc
import Kernel
import Testing

@Suite("The lock on a recording")
struct CaptureLockTests {
    @Test("is had by one at a time, and its holder is named")
    func exclusive() throws {
        let path = "/tmp/socktape-lock-\(getpid())"
        defer { unlink(path) }
        let lock = try FileLock(path)
        #expect(FileLock.holder(of: path) == getpid())
        #expect(throws: FileLock.Refusal.held(path: path, by: getpid())) { try FileLock(path) }
        lock.release()
        #expect(FileLock.holder(of: path) == nil)
        try FileLock(path).release()
    }

    @Test("says why it cannot be had")
    func impossible() {
        let error = #expect(throws: FileLock.Refusal.self) { try FileLock("/no/such/place/file") }
        #expect(
            error?.description == "cannot create /no/such/place/file: No such file or directory; "
                + "try a path in a folder that exists and can be written")
    }
}
