import GatewayTargets
import LibFuzzer
import ReaderTargets

/// `FUZZ_TARGET=name FuzzGateway [libFuzzer's arguments]`: feeds a gateway without a network. See `scripts/fuzz`.
@main
enum FuzzGateway {
    static func main() {
        FuzzTarget.choose(from: gatewayTargets)
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        _ = LLVMFuzzerRunDriver(&count, &arguments) { start, count in FuzzTarget.feedChosen(start, count) }
    }
}
