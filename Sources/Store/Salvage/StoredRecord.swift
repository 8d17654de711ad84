/// A value of a record. Recordings hold numbers and texts alone.
enum StoredValue: Equatable {
    case null
    case integer(Int64)
    case text(String)
    /// A real number or octets.
    case other
}

/// A row as it stands in a page (section 2.1).
enum StoredRecord {
    /// The values; nil unless the record is sound to its last octet.
    static func values(_ octets: [UInt8]) -> [StoredValue]? {
        guard let (length, start) = octets.varint(at: 0), length >= start, length <= octets.count
        else { return nil }
        var values: [StoredValue] = []
        var header = start
        var body = Int(length)
        while header < length {
            guard let (type, next) = octets.varint(at: header), next <= length,
                let (value, end) = value(type, octets, at: body)
            else { return nil }
            values.append(value)
            header = next
            body = end
        }
        return body == octets.count ? values : nil
    }

    private static func value(
        _ type: Int64, _ octets: [UInt8], at place: Int
    ) -> (StoredValue, end: Int)? {
        switch type {
        case 0: return (.null, place)
        case 1...6:
            let count = [1, 2, 3, 4, 6, 8][Int(type) - 1]
            guard let bits = octets.number(at: place, octets: count) else { return nil }
            let unused = 64 - 8 * count
            return (.integer((Int64(bits) << unused) >> unused), place + count)
        case 7: return place + 8 <= octets.count ? (.other, place + 8) : nil
        case 8, 9: return (.integer(type - 8), place)
        case 12...:
            let count = (type - 12) / 2
            guard count <= octets.count - place else { return nil }
            let end = place + Int(count)
            guard type % 2 == 1 else { return (.other, end) }
            return (.text(String(decoding: octets[place..<end], as: UTF8.self)), end)
        default: return nil
        }
    }
}
