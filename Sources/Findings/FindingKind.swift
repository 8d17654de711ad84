/// What can be wrong, by the name that people and scripts use.
package enum FindingKind: String, CaseIterable, Sendable {
    case portExhaustion = "port-exhaustion"
    case timeWaitLimit = "time-wait-limit"
    case closeWaitLeak = "close-wait-leak"
    case descriptorLeak = "descriptor-leak"
    case nearLimit = "near-limit"
    case limitForecast = "limit-forecast"
    case listenOverflow = "listen-overflow"
    case synBacklog = "syn-backlog"
    case halfOpenFlood = "half-open-flood"
    case stuckFinWait2 = "stuck-fin-wait-2"
    case resetStorm = "reset-storm"
    case failedConnects = "failed-connects"
    case oneRequest = "one-request-connections"
    case closesFirst = "closes-first"
    case gaps
    case coverage
}
