import Retail

extension TraceText {
    /// The reason in words, to follow "no, ...".
    func reason(_ hindrance: Hindrance) -> String {
        isRussian ? russian(hindrance) : english(hindrance)
    }

    private func english(_ hindrance: Hindrance) -> String {
        switch hindrance {
        case .notBegun(let from): "it begins \(moment(from))"
        case .over(let until): isDay(until) ? "its last day was \(moment(until))" : "it ended \(moment(until))"
        case .otherWeekday(let wanted): "only on \(weekdays(wanted))"
        case .otherHours(let wanted): "only at \(wanted)"
        case .otherStore: "not in this store"
        case .otherChannel(let wanted): "only by \(list(wanted))"
        case .couponMissing(let code): "the coupon \(code) was not shown"
        case .customerMissing: "only for known customers"
        case .otherSegment(let wanted): "only for the segments \(list(wanted))"
        case .otherTier(let wanted): "only for the levels \(list(wanted))"
        case .personalOfferOfOthers: "it is a personal offer for somebody else"
        case .notFirstPurchase(let purchases): "only for the first purchase, there were \(purchases) before"
        case .birthdayUnknown: "the birthday is not known"
        case .birthdayNotNear(let before, let after):
            "only from \(before) days before to \(after) days after the birthday"
        case .usedUpByCustomer(let limit): "the customer has used it \(limit) times already"
        case .usedUp(let limit): "it has been used \(limit) times already"
        case .noProductInBasket: "the basket has none of its products"
        case .noLineEarns: "none of its products in the basket earns points"
        case .linesClosed: "another promotion excludes it on these lines"
        case .amountTooSmall(let wanted, let present):
            "needs \(amount(wanted)) of its products, there is \(amount(present))"
        case .quantityTooSmall(let wanted, let present): "needs a quantity of \(wanted), there is \(present)"
        }
    }

    private func russian(_ hindrance: Hindrance) -> String {
        switch hindrance {
        case .notBegun(let from): "начнётся \(moment(from))"
        case .over(let until): isDay(until) ? "последний день был \(moment(until))" : "закончилась \(moment(until))"
        case .otherWeekday(let wanted): "только по дням: \(weekdays(wanted))"
        case .otherHours(let wanted): "только в часы \(wanted)"
        case .otherStore: "не в этом магазине"
        case .otherChannel(let wanted): "только через: \(list(wanted.map(russianChannel)))"
        case .couponMissing(let code): "не предъявлен купон \(code)"
        case .customerMissing: "только для известных покупателей"
        case .otherSegment(let wanted): "только для сегментов: \(list(wanted))"
        case .otherTier(let wanted): "только для уровней: \(list(wanted))"
        case .personalOfferOfOthers: "это личное предложение другому покупателю"
        case .notFirstPurchase(let purchases): "только для первой покупки, до этой было \(purchases)"
        case .birthdayUnknown: "день рождения неизвестен"
        case .birthdayNotNear(let before, let after):
            "только за \(before) дн. до и \(after) дн. после дня рождения"
        case .usedUpByCustomer(let limit): "покупатель уже воспользовался \(limit) раз"
        case .usedUp(let limit): "уже использована \(limit) раз"
        case .noProductInBasket: "в корзине нет её товаров"
        case .noLineEarns: "на её товары в корзине баллы не начисляются"
        case .linesClosed: "на эти строки действует исключающая акция"
        case .amountTooSmall(let wanted, let present): "нужно товаров на \(amount(wanted)), есть на \(amount(present))"
        case .quantityTooSmall(let wanted, let present): "нужно количество \(wanted), есть \(present)"
        }
    }

    private func list(_ words: [String]) -> String { words.joined(separator: ", ") }

    private func isDay(_ bound: String) -> Bool { CalendarDate(iso: bound) != nil }

    /// A bound of a period: a day stays one, a moment is what the store's clock shows then.
    private func moment(_ bound: String) -> String {
        if let day = CalendarDate(iso: bound) { return style.language.texts.day(day) }
        return Instant(rfc3339: bound).map(style.localTime) ?? bound
    }

    /// Three days or more in a row are named by the first and the last.
    private func weekdays(_ names: [String]) -> String {
        let days = names.compactMap { Weekday(rawValue: $0) }
        let week = Weekday.allCases
        var parts: [String] = []
        var index = 0
        while index < days.count {
            var end = index
            while end + 1 < days.count, week.firstIndex(of: days[end]) == week.firstIndex(of: days[end + 1].previous) {
                end += 1
            }
            if end >= index + 2 {
                parts.append(
                    say("\(name(days[index])) to \(name(days[end]))", "\(name(days[index]))–\(name(days[end]))"))
            } else {
                parts += days[index...end].map(name)
            }
            index = end + 1
        }
        return list(parts)
    }

    private func name(_ day: Weekday) -> String {
        switch day {
        case .monday: say("Monday", "пн")
        case .tuesday: say("Tuesday", "вт")
        case .wednesday: say("Wednesday", "ср")
        case .thursday: say("Thursday", "чт")
        case .friday: say("Friday", "пт")
        case .saturday: say("Saturday", "сб")
        case .sunday: say("Sunday", "вс")
        }
    }
}

private func russianChannel(_ name: String) -> String {
    switch Channel(rawValue: name) {
    case .till: "касса"
    case .app: "приложение"
    case .web: "сайт"
    case nil: name
    }
}
