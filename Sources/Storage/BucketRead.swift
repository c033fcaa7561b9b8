/// The blocks of one bucket, as read from the file.
struct BucketRead: Sendable {
    /// Which of the wanted series are of the bucket.
    let indices: Range<Int>
    /// In the order in which their samples count.
    let blocks: [(id: Int64, payload: [UInt8])]

    /// The samples of the closed range [from, through], for each of the wanted series.
    func samples(
        of wanted: [UInt32], from: Int64, through: Int64
    ) throws -> [ColumnAssembly] {
        var assemblies = indices.map { _ in ColumnAssembly() }
        for (id, payload) in blocks {
            do {
                try payload.withUnsafeBytes { bytes in
                    var block = try BlockReader(bytes)
                    for (place, index) in indices.enumerated() {
                        let slot = Int(wanted[index] % Block.width)
                        guard let part = try block.part(slot: slot) else { continue }
                        let low = part.timestamps.lowerBound(from)
                        let high = part.timestamps.upperBound(through)
                        if low >= high { continue }
                        assemblies[place].append(
                            (part.timestamps[low..<high], part.values[low..<high]))
                    }
                }
            } catch let damage as Damage {
                throw Damage("row \(id) of table block: \(damage.reason)")
            }
        }
        return assemblies
    }
}
