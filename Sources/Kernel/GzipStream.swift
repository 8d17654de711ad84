internal import CZlib
internal import Glibc

/// Octets on their way into gzip's format (RFC 1952), by zlib.
///
/// `unsafe` is for the C interface of zlib: the stream stays in one place of the heap from its
/// beginning to its end, and buffers outlive each call.
@safe
final class GzipStream {
    private static let portion = 64 << 10

    private let stream: UnsafeMutablePointer<z_stream>

    /// nil where there is no memory for it.
    init?() {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        guard unsafe socktape_gzip_begin(stream) == Z_OK else {
            unsafe stream.deallocate()
            return nil
        }
    }

    deinit {
        unsafe deflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// What the octets become, as far as zlib hands it over; all of it where they are the last.
    func compressed(_ octets: [UInt8], isLast: Bool) -> [UInt8] {
        var result: [UInt8] = []
        var octets = octets
        var space = [UInt8](repeating: 0, count: Self.portion)
        unsafe octets.withUnsafeMutableBufferPointer { input in
            unsafe stream.pointee.next_in = input.baseAddress
            unsafe stream.pointee.avail_in = UInt32(input.count)
            var left = 0
            repeat {
                left = unsafe space.withUnsafeMutableBufferPointer { output in
                    unsafe stream.pointee.next_out = output.baseAddress
                    unsafe stream.pointee.avail_out = UInt32(output.count)
                    _ = unsafe deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
                    return unsafe Int(stream.pointee.avail_out)
                }
                result += space[..<(space.count - left)]
            } while left == 0
            unsafe stream.pointee.next_in = nil
        }
        return result
    }
}
