#if !LIBFUZZER
import FuzzDriver

/// The program without libFuzzer, which brings a main function of its own.
@main
enum FuzzJSONProgram {
    private static let corpus = [
        #"{"card":"2200000000000042"}"#,
        #"{"protocol":1,"role":"register","client":{"name":"Касса","version":"1.2"},"events_after":17}"#,
        #"{"phone":"8 (916) 123-45-67","consents":["a","b"],"birthday":"1990-02-28"}"#,
        #"{"lines":[{"sku":"A","quantity":2.474,"price":255},{"sku":"\u0041","quantity":1,"price":0}],"spend":5}"#,
        #"{"shift":1,"number":"1","at":"2026-11-22T09:30:00Z","lines":[{"sku":"M","name":"M","quantity":1,"price":1,"#
            + #""amount":1,"marks":["\u001d>&'"]}],"payments":[{"kind":"cash","amount":1}],"total":1}"#,
        #"{"order":"1","store":"S","lines":[{"sku":"M","name":"M","quantity":1,"price":1,"amount":1}],"total":1}"#,
        #"["\ud83d\ude00","я",-0.5e+10,18446744073709551615,true,false,null,[[[[[[]]]]]],{"":{"":{}}}]"#,
        #"{"a":1,"\u0061":2,"b":3,"c":4,"d":5,"e":6,"f":7,"g":8,"h":9,"i":1,"j":2,"k":3,"l":4,"m":5,"n":6,"o":7}"#,
    ]

    static func main() {
        runFuzz(corpus: corpus, one: fuzzOne)
    }
}
#endif
