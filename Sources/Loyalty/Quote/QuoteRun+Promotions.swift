import Retail

extension QuoteRun {
    /// What came of trying a promotion on the lines as they are.
    private enum Attempt {
        case hindered(Hindrance)
        /// Takes this much, cut to the room of the lines.
        case takes(Int64)
        /// Would give these points if the lines stayed as they are.
        case gives(points: Int64)
    }

    /// Tries the promotions in their order; of a group only the one that gives most.
    mutating func applyPromotions() {
        let book = programme.book
        guard !book.promotions.isEmpty else { return }
        let places =
            recorder == nil ? book.index.candidates(for: marks, in: setting).members : Array(book.turns.indices)
        apply(book.inTurn(places)[...])
    }

    /// The same as far as points are concerned: promotions after the last one that gives any have no say in them.
    mutating func applyPromotionsForPoints() {
        let book = programme.book
        guard book.givesPoints else { return }
        let places = book.inTurn(book.index.candidates(for: marks, in: setting).members)
        guard let last = places.last(where: { book.promotions[$0].effect.discount == nil }) else { return }
        apply(places.prefix { book.turns[$0] <= book.turns[last] })
    }

    /// - Parameter places: in the order of their turns.
    private mutating func apply(_ places: ArraySlice<Int>) {
        let book = programme.book
        applied.reserveCapacity(places.count)
        var next = places.startIndex
        while next < places.endIndex {
            let turn = book.turns[places[next]]
            var end = next + 1
            while end < places.endIndex, book.turns[places[end]] == turn { end += 1 }
            if book.promotions[places[next]].group == nil {
                applyAlone(places[next])
            } else {
                applyBest(of: places[next..<end])
            }
            next = end
        }
    }

    private mutating func applyAlone(_ place: Int) {
        let promotion = programme.book.promotions[place]
        switch attempt(promotion) {
        case .hindered(let hindrance): note(promotion, .notApplied(because: hindrance))
        case .takes(0): noteNothing(promotion)
        case .takes, .gives: apply(promotion, at: place)
        }
    }

    /// Tries each alone on the lines as they are now; the one that gives the customer most, if anything, is applied.
    private mutating func applyBest(of places: ArraySlice<Int>) {
        var best: (place: Int, benefit: Int64)?
        var benefits: [(place: Int, benefit: Int64)] = []
        for place in places {
            let promotion = programme.book.promotions[place]
            var benefit: Int64?
            switch attempt(promotion) {
            case .hindered(let hindrance): note(promotion, .notApplied(because: hindrance))
            case .takes(0): noteNothing(promotion)
            case .takes(let amount): benefit = amount
            case .gives(let points): benefit = narrowed(Int128(points) * Int128(programme.pointValue.minorUnits))
            }
            guard let benefit else { continue }
            guard benefit > 0 else {
                note(promotion, .nothingLeftToTake)
                continue
            }
            benefits.append((place, benefit))
            if best.map({ benefit > $0.benefit }) ?? true { best = (place, benefit) }
        }
        guard let best else { return }
        let winner = programme.book.promotions[best.place]
        for (place, benefit) in benefits where place != best.place {
            note(
                programme.book.promotions[place],
                .outdone(by: winner.id, benefit: benefit, itsBenefit: best.benefit))
        }
        _ = attempt(winner)
        apply(winner, at: best.place)
    }

    /// Judges the conditions and works out what the effect would take; leaves `touched` and `shares` for `apply`.
    private mutating func attempt(_ promotion: Promotion) -> Attempt {
        touched.removeAll(keepingCapacity: true)
        shares.removeAll(keepingCapacity: true)
        if let hindrance = hindrance(of: promotion) { return .hindered(hindrance) }
        guard let discount = promotion.effect.discount else {
            guard tier != nil else { return .hindered(.customerMissing) }
            touched.removeAll { !lines[$0].earns }
            guard !touched.isEmpty else { return .hindered(.noLineEarns) }
            return .gives(points: narrowed(points(of: promotion.effect, on: touched)))
        }
        discount.discounts(on: lines, marks, touched: touched, shares: &shares)
        var total = Int128(0)
        for index in shares.indices {
            let share = shares[index]
            let amount = min(share.amount, lines[share.line].room)
            shares[index] = LineShare(line: share.line, amount: amount)
            total += Int128(amount)
        }
        return .takes(narrowed(total))
    }

    /// Applies what the attempt just before has worked out.
    private mutating func apply(_ promotion: Promotion, at place: Int) {
        var amount = Int128(0)
        let before = recorder == nil ? [] : lineAmounts(touched)
        if promotion.effect.discount == nil {
            grants.append(PointsGrant(place: place, lines: touched))
            if promotion.isExclusive { for line in touched { lines[line].isOpen = false } }
        } else {
            for share in shares where share.amount > 0 {
                lines[share.line].take(share.amount, origin: .promotion, id: promotion.id)
                if promotion.isExclusive { lines[share.line].isOpen = false }
                amount += Int128(share.amount)
            }
        }
        applied.append(
            AppliedPromotion(id: promotion.id, name: promotion.name, amount: Money(minorUnits: narrowed(amount))))
        if let recorder {
            let taken = shares.filter { $0.amount > 0 }.map { TracedAmount(line: $0.line, amount: $0.amount) }
            recorder.note(promotion, saw: before, .applied(taken: taken, points: nil))
        }
    }

    /// Notes why an effect took nothing, and reminds of a gift that is still on the shelf.
    private mutating func noteNothing(_ promotion: Promotion) {
        switch promotion.effect {
        case .gift(let gift) where !lines.contains(where: { $0.sku == gift.sku && $0.wholeUnits > 0 }):
            missingGifts.append(gift.sku)
            note(promotion, .giftNotInBasket(sku: gift.sku))
        case .bundle where shares.isEmpty, .nForM where shares.isEmpty: note(promotion, .nothingComplete)
        default: note(promotion, .nothingLeftToTake)
        }
    }

    private func note(_ promotion: Promotion, _ outcome: @autoclosure () -> PromotionOutcome) {
        guard let recorder else { return }
        recorder.note(promotion, saw: lineAmounts(touched), outcome())
    }

    private func lineAmounts(_ indices: [Int]) -> [TracedAmount] {
        indices.map { TracedAmount(line: $0, amount: lines[$0].left) }
    }
}
