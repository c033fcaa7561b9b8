extension ConfigurationDecoder {
    /// nil where there is no `api`, or a mistake in it.
    func api(_ fields: Fields) -> APISettings? {
        guard
            let api = fields.fields(
                "api",
                known: [
                    "listen", "bearer_token", "bearer_token_file", "basic_auth", "tls", "insecure",
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
        if let refusal = settings.refusal {
            api.report("listen is \(context.shownValue(field.node)): \(refusal)", at: field)
        }
        return settings
    }
}
