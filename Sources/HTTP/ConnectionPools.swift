import CCurl

/// Keeps connections in many small pools, by host and port.
///
/// libcurl goes over the whole pool of a transfer when the transfer ends, and once a second to
/// find closed connections: with one pool the cost of a transfer would grow with the fleet.
struct ConnectionPools: ~Copyable {
    private static let count = 128
    private static let smallestShare = 4

    /// Made when first joined.
    private var pools: [Int: OpaquePointer] = [:]

    init() {}

    /// Only when no handle is in a pool any more.
    deinit {
        for pool in pools.values { mlmon_share_cleanup(pool) }
    }

    /// The same for a host and port as long as the process lives.
    static func index(ofHost host: String, port: Int) -> Int {
        var hasher = Hasher()
        hasher.combine(host)
        hasher.combine(port)
        return Int(UInt(bitPattern: hasher.finalize()) % UInt(count))
    }

    /// How many connections each pool may keep, so that all together keep about the total.
    static func share(of total: Int) -> Int {
        max(2 * total / count, smallestShare)
    }

    /// - Precondition: No transfer of the handle is running.
    mutating func join(_ easy: borrowing EasyHandle, index: Int) throws(HTTPError) {
        try easy.set(CURLOPT_SHARE, UnsafeMutableRawPointer(try pool(at: index)))
    }

    private mutating func pool(at index: Int) throws(HTTPError) -> OpaquePointer {
        if let pool = pools[index] { return pool }
        guard let pool = mlmon_share_init(), mlmon_share_connections(pool) == CURLSHE_OK else {
            throw HTTPError(.failure, "libcurl could not make a pool of connections")
        }
        pools[index] = pool
        return pool
    }
}
