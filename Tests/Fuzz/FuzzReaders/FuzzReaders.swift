import LibFuzzer
import ReaderTargets

/// `FUZZ_TARGET=name FuzzReaders [libFuzzer's arguments]`: feeds one of the pure readers. See `scripts/fuzz`.
@main
enum FuzzReaders {
    static func main() {
        FuzzTarget.choose(from: readerTargets)
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        _ = LLVMFuzzerRunDriver(&count, &arguments) { start, count in FuzzTarget.feedChosen(start, count) }
    }
}
