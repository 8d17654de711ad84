package import Model

/// What a recorder looks at.
package struct RecorderSources {
    /// The namespace that the recording is about; with a finder, the recorder's own.
    package var namespace: any NetworkNamespace
    package var host: any HostSource
    /// Events; nil where they are not asked for or not permitted.
    package var transitions: (any TransitionSource)?
    /// Whether destroy messages are asked for.
    package var wantsCloses: Bool
    /// Finds all other namespaces; nil: one alone is recorded.
    package var finder: (any NamespaceFinder)?
    /// Why what would be better is not there.
    package var notes: [SourceNote]

    package init(
        namespace: any NetworkNamespace, host: any HostSource,
        transitions: (any TransitionSource)? = nil, wantsCloses: Bool = false,
        finder: (any NamespaceFinder)? = nil, notes: [SourceNote] = []
    ) {
        self.namespace = namespace
        self.host = host
        self.transitions = transitions
        self.wantsCloses = wantsCloses
        self.finder = finder
        self.notes = notes
    }
}
