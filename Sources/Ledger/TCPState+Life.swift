import Model

extension TCPState {
    /// Whether one life can show this state after the other, with any number of states between
    /// them (RFC 9293, section 3.3.2).
    func canFollow(_ earlier: TCPState) -> Bool {
        switch earlier {
        case .synSent: true
        case .synReceived: self != .synSent
        case .established: self != .synSent && self != .synReceived
        case .finWait1: self == .finWait2 || self == .closing || self == .timeWait
        case .finWait2, .closing: self == .timeWait
        case .closeWait: self == .lastAck
        case .lastAck, .timeWait: false
        default: true
        }
    }
}
