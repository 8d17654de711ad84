/// What is wrong with a message of the kernel.
package enum WireError: Error, Equatable, Sendable {
    /// A netlink message declares fewer octets than a header has, or more than are left.
    case messageLength(declared: Int, left: Int, offset: Int)
    /// An attribute declares fewer octets than a header has, or more than are left.
    case attributeLength(declared: Int, left: Int, offset: Int)
    /// An error message without an error number.
    case errorWithoutNumber(offset: Int)
    /// NLMSG_OVERRUN: the kernel lost data.
    case overrun
}

extension WireError: CustomStringConvertible {
    /// What could not be read and why, in one line.
    package var description: String {
        switch self {
        case .messageLength(let declared, let left, let offset):
            "cannot read the netlink message at octet \(offset): "
                + "it declares \(declared) octets, \(left) are left"
        case .attributeLength(let declared, let left, let offset):
            "cannot read the netlink attribute at octet \(offset): "
                + "it declares \(declared) octets, \(left) are left"
        case .errorWithoutNumber(let offset):
            "cannot read the netlink error at octet \(offset): it has no number"
        case .overrun:
            "cannot read the netlink reply: the kernel says that it lost data (NLMSG_OVERRUN)"
        }
    }
}
