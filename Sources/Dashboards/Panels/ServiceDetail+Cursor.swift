extension ServiceDetail {
    /// The same with the figures of a point in place of the newest ones.
    func at(_ index: Int?) -> ServiceDetail {
        guard let index else { return self }
        var past = self
        past.cursor = index
        past.summary.now = summary.history.metrics(at: index)
        for place in past.summary.versions.indices {
            past.summary.versions[place].now =
                summary.versions[place].history.metrics(at: index)
        }
        past.languageModel = languageModel.map { $0.at(index) }
        past.resources = resources.map { $0.at(index) }
        if let probe = summary.probe {
            past.summary.probe?.seconds = value(probe.history, index)
        }
        return past
    }
}

extension SignalLines {
    fileprivate func at(_ index: Int) -> SignalLines {
        var past = self
        for place in lines.indices { past.lines[place].now = value(lines[place].values, index) }
        return past
    }
}

extension MetricHistory {
    func metrics(at index: Int) -> Metrics {
        Metrics(
            requestsPerSecond: value(requestsPerSecond, index),
            p50Seconds: value(p50Seconds, index), p90Seconds: value(p90Seconds, index),
            p99Seconds: value(p99Seconds, index), meanSeconds: value(meanSeconds, index),
            errorRatio: value(errorRatio, index))
    }
}

private func value(_ values: [Double?], _ index: Int) -> Double? {
    values.indices.contains(index) ? values[index] : nil
}
