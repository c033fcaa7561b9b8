/// The words by which a guess knows what a metric is about. All lower-case.
enum GuessWords {
    static let modelLabels = [
        "model", "model_name", "ModelName", "served_model_name", "name", "deployment",
        "service_name", "function_name",
    ]
    static let versionLabels = [
        "version", "model_version", "service_version", "revision_name", "variant", "tag",
    ]
    /// What stands in a version label where there is no version.
    static let absentVersions = ["None", "none", "default", "not available", "unknown", "N/A"]
    static let statusLabels = [
        "status", "status_code", "code", "http_status", "http_response_code", "response_code",
        "error_code", "grpc_code",
    ]
    static let classLabels = [
        "class", "label", "prediction", "predicted_class", "predicted_label", "cls", "category",
        "outcome",
    ]
    static let pathLabels = [
        "path", "handler", "endpoint", "route", "http_route", "http_target", "url", "uri", "view",
    ]

    /// Values of a status label that are no error, as a regular expression.
    static let successes =
        "[123][0-9xX][0-9xX]|[Oo][Kk]|[Ss]uccess|SUCCESS|[Ss]ucceeded|[Cc]ompleted|0"
    /// Addresses that monitors and people ask, not clients.
    static let upkeepPaths =
        "/?(metrics|health.*|ready.*|live.*|ping|version|info|docs.*|redoc|openapi.json|"
        + "favicon.ico|-/.*|v2/health/.*|v[12]/models(/[^/]*)?(/ready)?)?/?"

    static let requests: [(word: String, score: Int)] = [
        ("request", 20), ("inference", 15), ("invocation", 15), ("predict", 10),
    ]
    static let notRequests = [
        "error", "fail", "exception", "reject", "byte", "size", "second", "duration", "latency",
        "time", "token", "cache", "retr", "abort", "queue",
    ]
    static let errors = ["error", "fail", "exception", "reject"]
    static let notErrors = ["byte", "second", "duration", "latency", "retr"]

    static let latency: [(word: String, score: Int)] = [
        ("latency", 20), ("duration", 20), ("elapsed", 15), ("processing", 15), ("time", 10),
        ("_seconds", 5), ("_milliseconds", 5), ("_ms", 5),
    ]
    static let notLatency = [
        "load", "startup", "_gc", "gc_", "export", "scrape", "queue", "wait", "size", "byte",
        "token", "compil", "uptime", "timestamp", "lag", "preprocess", "postprocess", "explain",
    ]

    static let predictions: [(word: String, score: Int)] = [
        ("pred", 20), ("classif", 15), ("inference", 10), ("decision", 10), ("output", 5),
        ("class", 5), ("label", 5),
    ]
    static let notPredictions = ["request", "error", "fail", "exception", "http"]
    static let scores = ["score", "confidence", "probab"]

    static let inFlight = [
        "in_progress", "inprogress", "in_flight", "inflight", "ongoing", "active_requests",
        "requests_running", "concurrent",
    ]
    static let queue = ["queue", "waiting", "pending"]
    static let notLengths = ["second", "time", "latency", "duration", "capacity", "max", "limit"]

    /// Of the runtime and the client library, not of the service.
    static let foreignPrefixes = ["python_", "go_", "promhttp_", "scrape_", "process_", "jvm_"]

    static let units: [(suffixes: [String], scale: Double)] = [
        (["_milliseconds", "_ms", "_millis", "_msec", "_msecs"], 1e-3),
        (["_microseconds", "_us", "_usec", "_usecs", "_micros"], 1e-6),
        (["_nanoseconds", "_ns", "_nsec", "_nanos"], 1e-9), (["_seconds", "_s", "_sec"], 1),
    ]
    static let helpUnits: [(words: [String], scale: Double)] = [
        (["millisecond", "unit: ms", "(ms)", "in ms"], 1e-3),
        (["microsecond", "unit: us", "(us)", "in us"], 1e-6),
        (["nanosecond", "unit: ns", "(ns)"], 1e-9),
    ]
}
