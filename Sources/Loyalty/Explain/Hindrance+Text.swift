import Retail

extension Hindrance {
    /// The reason in words, to follow "no, ...".
    func text(_ language: Language, amount: (Int64) -> String) -> String {
        switch language {
        case .english: english(amount)
        case .russian: russian(amount)
        }
    }

    private func english(_ amount: (Int64) -> String) -> String {
        switch self {
        case .notBegun(let from): "it begins \(from)"
        case .over(let until): "it ended \(until)"
        case .otherWeekday(let wanted): "only on \(wanted.joined(separator: ", "))"
        case .otherHours(let wanted): "only at \(wanted)"
        case .otherStore: "not in this store"
        case .otherChannel(let wanted): "only by \(wanted.joined(separator: ", "))"
        case .couponMissing(let code): "the coupon \(code) was not shown"
        case .customerMissing: "only for known customers"
        case .otherSegment(let wanted): "only for \(wanted.joined(separator: ", "))"
        case .otherTier(let wanted): "only for the levels \(wanted.joined(separator: ", "))"
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

    private func russian(_ amount: (Int64) -> String) -> String {
        switch self {
        case .notBegun(let from): "начнётся \(from)"
        case .over(let until): "закончилась \(until)"
        case .otherWeekday(let wanted): "только по дням: \(wanted.map(russianWeekday).joined(separator: ", "))"
        case .otherHours(let wanted): "только в часы \(wanted)"
        case .otherStore: "не в этом магазине"
        case .otherChannel(let wanted): "только через: \(wanted.map(russianChannel).joined(separator: ", "))"
        case .couponMissing(let code): "не предъявлен купон \(code)"
        case .customerMissing: "только для известных покупателей"
        case .otherSegment(let wanted): "только для сегментов: \(wanted.joined(separator: ", "))"
        case .otherTier(let wanted): "только для уровней: \(wanted.joined(separator: ", "))"
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
}

private func russianWeekday(_ name: String) -> String {
    switch Weekday(rawValue: name) {
    case .monday: "пн"
    case .tuesday: "вт"
    case .wednesday: "ср"
    case .thursday: "чт"
    case .friday: "пт"
    case .saturday: "сб"
    case .sunday: "вс"
    case nil: name
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
