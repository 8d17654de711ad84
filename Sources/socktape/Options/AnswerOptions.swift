import ArgumentParser

/// How a question about a recording is answered.
struct AnswerOptions: ParsableArguments {
    @OptionGroup var output: OutputOptions
    @OptionGroup var anonymize: AnonymizeOptions

    @Flag(help: "Print the SQL that gives the answer, instead of the answer.")
    var sql = false
}
