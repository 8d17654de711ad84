import ArgumentParser
import Kernel
import Rendering

/// Whether addresses are shown as they are.
struct AnonymizeOptions: ParsableArguments {
    @Flag(
        help: ArgumentHelp(
            "Put another address in the place of each, the same for the same; networks stay "
                + "together. Names and ports stay."))
    var anonymize = false

    @Option(
        help: ArgumentHelp(
            "Anonymize by this file's octets, 16 at least, so that two answers agree; a key of its "
                + "own for each run without it.", valueName: "file"))
    var anonymizeKey: String?

    /// What hides addresses; nil where they are shown.
    func hider() throws -> AddressHider? {
        guard let anonymizeKey else { return anonymize ? AddressHider() : nil }
        let key = try SmallFile.octets(anonymizeKey)
        guard let hider = AddressHider(key: key) else {
            throw Failure(
                .usage,
                "cannot use the key in \(anonymizeKey): it has \(key.count) octets and needs "
                    + "\(AddressHider.shortestKey); try 'head -c 32 /dev/urandom' for one")
        }
        return hider
    }
}
