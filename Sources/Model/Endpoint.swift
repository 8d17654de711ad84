/// One end of a connection.
package struct Endpoint: Hashable, Sendable {
    /// The address.
    package var address: IPAddress
    /// The port in host order; 0 when unbound.
    package var port: UInt16

    /// Pairs an address with a port.
    package init(_ address: IPAddress, _ port: UInt16) {
        self.address = address
        self.port = port
    }
}

/// What names one incarnation to the kernel, as the host sees it.
package struct FourTuple: Hashable, Sendable {
    package var local: Endpoint
    package var peer: Endpoint
    /// The interface that the socket is bound to, 0 for none (VRFs reuse 4-tuples).
    package var interface: UInt32

    package init(local: Endpoint, peer: Endpoint, interface: UInt32 = 0) {
        self.local = local
        self.peer = peer
        self.interface = interface
    }

    /// The same connection as its other end names it.
    package var mirrored: FourTuple { FourTuple(local: peer, peer: local, interface: interface) }
}
