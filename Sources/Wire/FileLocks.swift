/// Who holds which lock, by /proc/locks (proc_locks(5)).
package enum FileLocks {
    /// The process that holds a flock on this file; nil when none is listed, or when it lives in
    /// another process namespace. A waiter, marked by an arrow, is no holder.
    package static func flockHolder(
        of inode: UInt64, major: UInt32, minor: UInt32, in text: [UInt8]
    ) -> Int32? {
        let device = hexadecimal(major) + ":" + hexadecimal(minor)
        let place = Array("\(device):\(inode)".utf8)
        for line in ProcText.lines(text) {
            let fields = ProcText.fields(line)
            guard fields.count >= 6, fields[1].elementsEqual("FLOCK".utf8),
                fields[5].elementsEqual(place)
            else { continue }
            guard let pid = ProcText.number(fields[4], as: Int32.self), pid > 0 else { return nil }
            return pid
        }
        return nil
    }

    /// At least two digits, as the kernel prints device numbers here.
    private static func hexadecimal(_ number: UInt32) -> String {
        let digits = String(number, radix: 16)
        return digits.utf8.count < 2 ? "0" + digits : digits
    }
}
