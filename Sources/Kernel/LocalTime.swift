internal import Glibc

/// The time zone of the host, or of TZ.
package enum LocalTime {
    /// Local time less UTC, seconds, at a moment given as seconds since 1970.
    package static func offset(at epochSeconds: Int64) -> Int {
        var moment = time_t(epochSeconds)
        var parts = unsafe tm()
        // Both structs are on the stack for the length of the call.
        guard unsafe localtime_r(&moment, &parts) != nil else { return 0 }
        return unsafe Int(parts.tm_gmtoff)
    }
}
