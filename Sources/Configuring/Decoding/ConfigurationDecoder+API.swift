extension ConfigurationDecoder {
    /// nil where there is no `api`, or a mistake in it.
    func api(_ fields: Fields) -> APISettings? {
        guard
            let api = fields.fields(
                "api",
                known: [
                    "listen", "bearer_token", "bearer_token_file", "basic_auth", "tls", "insecure",
                    "limits",
                ]),
            let text = api.requiredString("listen"), let field = api["listen"]
        else { return nil }
        guard var settings = APISettings(listen: text) else {
            api.report(
                "listen is \(context.shownValue(field.node)), expected HOST:PORT, like "
                    + "127.0.0.1:9190", at: field)
            return nil
        }
        settings.isInsecure = api.bool("insecure") ?? false
        switch credentials(api) {
        case .none: break
        case .bearer(let token): settings.credentials = .bearer(token: token)
        case .basic(let user, let password):
            settings.credentials = .basic(user: user, password: password)
        }
        if let tls = api.fields("tls", known: ["cert_file", "key_file"]),
            tls.required("cert_file") != nil, tls.required("key_file") != nil,
            let certificate = readablePath(tls, "cert_file"),
            let key = readablePath(tls, "key_file")
        {
            settings.tls = APISettings.TLS(certificatePath: certificate, keyPath: key)
        }
        if let limits = apiLimits(api) { settings.limits = limits }
        if let refusal = settings.refusal {
            api.report("listen is \(context.shownValue(field.node)): \(refusal)", at: field)
        }
        return settings
    }

    private func apiLimits(_ api: Fields) -> APISettings.Limits? {
        guard
            let fields = api.fields(
                "limits", known: ["samples", "series", "timeout", "concurrency", "body_size"])
        else { return nil }
        var limits = APISettings.Limits()
        func set<T>(_ path: WritableKeyPath<APISettings.Limits, T>, _ value: T?) {
            if let value { limits[keyPath: path] = value }
        }
        set(\.sampleCount, fields.integer("samples", in: 1...10_000_000_000))
        set(\.seriesCount, fields.integer("series", in: 1...100_000_000))
        set(\.timeout, fields.duration("timeout", in: .seconds(1)...(.seconds(3600))))
        set(\.concurrentCount, fields.integer("concurrency", in: 1...1000))
        set(\.bodyByteCount, fields.byteCount("body_size", in: 1 << 10...1 << 30))
        return limits
    }
}
