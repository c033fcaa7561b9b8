import Foundation

/// What a verdict on a window says beside its figures.
package struct DriftDetail: Codable, Sendable, Equatable {
    /// How much one bin gained or lost, as shares in 0...1.
    package struct Change: Codable, Sendable, Equatable {
        package var bin: String
        package var referenceShare: Double
        package var share: Double

        package init(bin: String, referenceShare: Double, share: Double) {
            self.bin = bin
            self.referenceShare = referenceShare
            self.share = share
        }
    }

    /// What a classic rule would have said.
    package struct Rule: Codable, Sendable, Equatable {
        /// `PSI > 0.2`.
        package var rule: String
        package var value: Double?
        package var isAlarm: Bool
        /// Alarms among 1,000 clean windows of this size.
        package var falseAlarmsPerThousand: Double

        package init(
            rule: String, value: Double?, isAlarm: Bool, falseAlarmsPerThousand: Double
        ) {
            self.rule = rule
            self.value = value
            self.isAlarm = isAlarm
            self.falseAlarmsPerThousand = falseAlarmsPerThousand
        }
    }

    /// The window itself has evidence; an episode outlasts it.
    package var isSignificant = false
    /// The true PSI is large beyond doubt.
    package var isCritical = false
    /// Observations judged, with those carried over, and in the reference.
    package var n = 0.0
    package var m = 0.0
    /// p below this is evidence.
    package var significance = 0.0
    /// 95 % interval of the true PSI.
    package var psiLower: Double?
    package var psiUpper: Double?
    /// Sign and size of what moved, for people: `location +0.31 sd`.
    package var movement: [String] = []
    /// The largest part of PSI first.
    package var changes: [Change] = []
    /// What was allowed for, for people.
    package var corrections: [String] = []
    /// While there is evidence.
    package var fixedRules: [Rule] = []
    /// For people: `learned`, `pinned`, `file`, `the same hour of 4 weeks`, `version v3`.
    package var referenceOrigin = ""
    /// When the newest of the reference was counted; nil for one that moves with the windows.
    package var referenceMilliseconds: Int64?

    package init() {}
}

extension DriftDetail {
    /// The whole verdict in one text for people.
    package func text(
        psi: Double?, psiNullMean: Double?, pValue: Double?, at now: Int64
    ) -> String {
        var parts: [String] = []
        if !movement.isEmpty { parts.append(movement.joined(separator: ", ")) }
        if !changes.isEmpty {
            parts.append(
                changes.map {
                    "\($0.bin) \(Self.percent($0.referenceShare)) -> \(Self.percent($0.share))"
                }.joined(separator: ", "))
        }
        if let psi, let psiNullMean {
            var text = "PSI \(Self.figure(psi)), \(Self.figure(psi - psiNullMean)) corrected"
            if let psiLower, let psiUpper {
                text += ", truly \(Self.figure(psiLower)) to \(Self.figure(psiUpper))"
            }
            parts.append(text)
        }
        if let pValue {
            parts.append(
                "p \(Self.figure(pValue)) (limit \(Self.figure(significance))), "
                    + "n \(Int64(n)), m \(Int64(m))")
        }
        if !referenceOrigin.isEmpty {
            var text = "reference: \(referenceOrigin)"
            if let age = Self.age(from: referenceMilliseconds, to: now) { text += ", \(age) old" }
            parts.append(text)
        }
        parts += corrections
        parts += fixedRules.map(\.text)
        return parts.joined(separator: "; ")
    }

    package static func age(from: Int64?, to now: Int64) -> String? {
        guard let from, now >= from else { return nil }
        let seconds = (now - from) / 1000
        switch seconds {
        case ..<120: return "\(seconds)s"
        case ..<7200: return "\(seconds / 60)m"
        case ..<172_800: return "\(seconds / 3600)h"
        default: return "\(seconds / 86_400)d"
        }
    }

    private static func percent(_ share: Double) -> String {
        "\((share * 1000).rounded() / 10) %"
    }

    /// Two significant digits.
    package static func figure(_ x: Double) -> String {
        guard x.isFinite, x != 0 else { return "\(x)" }
        return String(format: "%.2g", x)
    }
}

extension DriftDetail.Rule {
    /// `PSI > 0.2 says alarm (34 false alarms per 1,000 windows)`.
    package var text: String {
        "\(rule) says \(isAlarm ? "alarm" : "nothing") "
            + "(\(DriftDetail.figure(falseAlarmsPerThousand)) false alarms per 1,000 windows)"
    }
}
