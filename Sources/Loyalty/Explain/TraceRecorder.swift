import Retail

/// Writes the steps of one quote down. Nobody else holds it while the quote is being made.
final class TraceRecorder {
    private(set) var trace: QuoteTrace

    init(_ trace: QuoteTrace) {
        self.trace = trace
    }

    func note(_ promotion: Promotion, saw: [TracedAmount], _ outcome: PromotionOutcome) {
        trace.promotions.append(PromotionTrace(promotion, saw: saw, outcome: outcome))
    }

    /// The points of a promotion are known when the lines cost what they cost in the end.
    func note(points: Int64, of promotion: Promotion) {
        guard let index = trace.promotions.firstIndex(where: { $0.id == promotion.id }) else { return }
        trace.promotions[index].outcome = .applied(taken: [], points: points)
    }

    func note(_ spending: SpendingTrace) {
        trace.spending = spending
    }

    func note(_ earning: EarningTrace) {
        trace.earning = earning
    }
}
