import Alerting
import Querying

enum RuleGroupExample {
    static func groups() throws -> [RuleGroup] {
        [
            RuleGroup(
                name: "drift", interval: .seconds(30),
                rules: [
                    Rule(
                        action: .alert(name: "Drift"),
                        expression: try QueryExpression(parsing: "psi > 0.2"),
                        hold: .seconds(60), labels: ["severity": "warn"],
                        annotations: ["summary": "it drifts"], location: "alerts/a.yaml:3"),
                    Rule(
                        action: .record(name: "psi:max"),
                        expression: try QueryExpression(parsing: "max(psi)"),
                        location: "alerts/a.yaml:9"),
                ])
        ]
    }
}
