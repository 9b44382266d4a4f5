#if !LIBFUZZER
import FuzzDriver

/// The program without libFuzzer, which brings a main function of its own.
@main
enum FuzzFramingProgram {
    private static let corpus = [
        "0~HELLO 1 {\"protocol\":1}\r\nIDENTIFY 17 {\"card\":\"2200000000000042\"}\nPING p:1\n",
        "9zOK 17 {}\nERR - malformed {\"message\":\"\"}\nEVENT 0 drain {\"reason\":\"restart\",\"within_ms\":1}\r\n",
        "A8EVENT 18446744073709551615 order.changed {\"source\":\"web\"}\n\r\n\n\r\r\nORDER_HANDOVER x {}\n",
        "\u{7f}!STATUS t.1 {\"key\":\"S1/T03/12/536365\"}\nBYE b\n",
    ]

    static func main() {
        runFuzz(corpus: corpus, one: fuzzOne)
    }
}
#endif
