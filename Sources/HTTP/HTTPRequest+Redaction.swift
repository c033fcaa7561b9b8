extension HTTPRequest {
    /// A URL without user, password, query and fragment, to be shown and stored.
    ///
    /// Empty where it is no `http` or `https` URL.
    package static func redacted(_ url: String) -> String {
        guard let address = try? Address(url) else { return "" }
        return String(address.url.prefix { $0 != "?" })
    }
}
