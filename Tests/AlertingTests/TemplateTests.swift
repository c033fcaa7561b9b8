import Testing

@testable import Alerting

@Suite struct TemplateTests {
    private static let labels = ["service": "ranker-eu", "instance": "gpu1.example.org:8000"]

    @Test(
        "actions become text",
        arguments: [
            ("plain", "plain"),
            ("{{ $labels.service }}", "ranker-eu"),
            ("{{$labels.service}}!", "ranker-eu!"),
            ("{{ .Labels.service }} {{ .Value }}", "ranker-eu 0.26812"),
            ("a {{- /* said twice */ -}} b", "ab"),
            ("{{ $labels.absent }}|", "|"),
            ("{{ index $labels \"service\" }}", "ranker-eu"),
            ("{{ $value }}", "0.26812"),
            ("{{ $value | printf \"%.2f\" }}", "0.27"),
            ("{{ printf \"%.1f of %s\" $value $labels.service }}", "0.3 of ranker-eu"),
            ("{{ printf \"%5.1f%%|%-4s|%04d\" $value \"a\" 7 }}", "  0.3%|a   |0007"),
            ("{{ $value | humanize }}", "268.1m"),
            ("{{ 1234567 | humanize }}", "1.235M"),
            ("{{ 2048 | humanize1024 }}", "2ki"),
            ("{{ $value | humanizePercentage }}", "26.81%"),
            ("{{ $value | humanizeDuration }}", "268.1ms"),
            ("{{ humanizeDuration 3725 }}", "1h 2m 5s"),
            ("{{ humanizeDuration 90061 }}", "1d 1h 1m 1s"),
            ("{{ humanizeDuration 12.345 }}", "12.35s"),
            ("{{ humanizeDuration 0 }}", "0s"),
            ("{{ humanizeDuration -61 }}", "-1m 1s"),
            ("{{ humanizeTimestamp 1700000000 }}", "2023-11-14T22:13:20Z"),
            ("{{ $labels.service | title }}", "Ranker-Eu"),
            ("{{ $labels.service | toUpper | toLower }}", "ranker-eu"),
            ("{{ $labels.instance | stripPort }}", "gpu1.example.org"),
            ("{{ $labels.instance | stripDomain }}", "gpu1:8000"),
            ("{{ (printf \"%s\" \"x\") | toUpper }}", "X"),
            ("{{ `raw \\n` }}", "raw \\n"),
        ])
    func renders(source: String, expected: String) throws {
        let text = try Template(parsing: source).rendered(labels: Self.labels, value: 0.26812)
        #expect(text == expected, "\(source)")
    }

    @Test(
        "a mistake is named when the template is read",
        arguments: [
            ("{{ $value | humanise }}", "unknown function 'humanise'"),
            ("{{ $Labels.x }}", "unknown variable '$Labels'"),
            ("{{ if $value }}x{{ end }}", "'if' is not supported"),
            ("{{ $value ", "expected '}}'"),
            ("{{ }}", "expected a value"),
            ("{{ \"open }}", "is not closed"),
            ("{{ $value | 3 }}", "expected a function"),
            ("{{ humanize }}", "is given 0 values"),
            ("{{ title $labels.a $labels.b }}", "is given 2 values"),
            ("{{ /* open }}", "expected '*/'"),
            ("{{ $labels. }}", "the name of a label"),
        ])
    func rejects(source: String, words: String) {
        let error = #expect(throws: TemplateError.self) { try Template(parsing: source) }
        #expect(error?.message.contains(words) == true, "\(source): \(error?.message ?? "")")
    }

    @Test(
        "an action that fails leaves readable words and the rest of the text",
        arguments: [
            ("a {{ humanize $labels.service }} b", "not a number"),
            ("a {{ humanizeDuration $labels }} b", "labels are not a number"),
            ("a {{ printf \"%d\" $labels.service }} b", "%!d(string=ranker-eu)"),
            ("a {{ printf \"%s %s\" \"x\" }} b", "%!s(MISSING)"),
            ("a {{ printf \"%!\" 1 }} b", "%!!(float64=1)"),
        ])
    func fails(source: String, words: String) throws {
        let text = try Template(parsing: source).rendered(labels: Self.labels, value: 1)
        #expect(text.hasPrefix("a ") && text.hasSuffix(" b") && text.contains(words), "\(text)")
    }

    @Test("special numbers are printed as Go prints them")
    func specialNumbers() throws {
        let template = try Template(
            parsing: "{{ $value }} {{ humanize $value }} {{ printf \"%.2f\" $value }}")
        #expect(template.rendered(labels: [:], value: .nan) == "NaN NaN NaN")
        #expect(template.rendered(labels: [:], value: .infinity) == "+Inf +Inf +Inf")
        #expect(template.rendered(labels: [:], value: -.infinity) == "-Inf -Inf -Inf")
    }

    @Test("control characters of label values are left out, and the length is bounded")
    func hostileValues() throws {
        let template = try Template(parsing: "{{ $labels.x }}")
        #expect(template.rendered(labels: ["x": "a\u{1B}[2Jb\nc\u{9B}d"], value: 0) == "a[2Jb\ncd")
        let long = template.rendered(
            labels: ["x": String(repeating: "é", count: 10_000)], value: 0)
        #expect(long.utf8.count == Template.maximumByteCount)
    }
}
