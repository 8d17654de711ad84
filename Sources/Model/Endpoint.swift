/// One end of a connection.
public struct Endpoint: Hashable, Sendable {
    /// The address.
    public var address: IPAddress
    /// The port in host order; 0 when unbound.
    public var port: UInt16

    /// Pairs an address with a port.
    public init(_ address: IPAddress, _ port: UInt16) {
        self.address = address
        self.port = port
    }
}

/// What names one incarnation to the kernel, as the host sees it.
public struct FourTuple: Hashable, Sendable {
    /// This host's end.
    public var local: Endpoint
    /// The other end.
    public var peer: Endpoint
    /// The interface that the socket is bound to, 0 for none (VRFs reuse 4-tuples).
    public var interface: UInt32

    /// Names both ends, and the interface that the socket is bound to.
    public init(local: Endpoint, peer: Endpoint, interface: UInt32 = 0) {
        self.local = local
        self.peer = peer
        self.interface = interface
    }

    /// The same connection as its other end names it.
    public var mirrored: FourTuple { FourTuple(local: peer, peer: local, interface: interface) }
}
