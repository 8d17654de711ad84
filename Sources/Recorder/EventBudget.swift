import Model

struct EventBudget {
    init(share: Double?) {}
    mutating func observe(_ cost: EventCost, at bootNanoseconds: Int64, current: EventDetail)
        -> EventDetail
    { current }
}
