import Foundation
import GRDB
import TimeSeries

extension Store {
    /// Blocks of one bucket that become one.
    private struct Merge {
        let bucket: UInt32
        let blocks: [Int64]
    }

    /// Merges blocks until no bucket has enough of one level.
    ///
    /// - Parameter everything: Also merges the few that would otherwise wait for more.
    func merge(everything: Bool, _ compactor: inout Compactor) throws(StorageError) {
        var pending: [UInt32]
        if let known = compactor.bucketsToMerge, !everything {
            pending = known.sorted()
        } else {
            pending = try read("looking for blocks to merge") { db in
                try UInt32.fetchAll(
                    db, sql: "SELECT DISTINCT bucket FROM block WHERE level < 2 ORDER BY bucket")
            }
        }
        compactor.bucketsToMerge = Set(pending)
        while !pending.isEmpty {
            let slice = Array(pending.prefix(Compactor.Policy.bucketsPerSlice))
            pending.removeFirst(slice.count)
            let gaining = try merge(slice, everything: everything)
            compactor.bucketsToMerge?.subtract(slice)
            // A merged block may be the last one that its new level lacked.
            if !everything { pending.append(contentsOf: gaining) }
        }
    }

    /// - Returns: Buckets in which something was merged.
    private func merge(
        _ buckets: [UInt32], everything: Bool
    ) throws(StorageError) -> [UInt32] {
        let activity = "merging blocks of \(buckets.count) buckets"
        let (merges, blocks) = try read(activity) { db -> ([Merge], [NewBlock]) in
            let merges = try buckets.flatMap { bucket in
                try dueMerges(of: bucket, everything: everything, in: db)
            }
            return (merges, try merges.compactMap { try mergedBlock(of: $0, in: db) })
        }
        if merges.isEmpty { return [] }
        try write(activity, isDurable: false) { db in
            let delete = try db.cachedStatement(sql: "DELETE FROM block WHERE id = ?")
            for id in merges.flatMap(\.blocks) { try delete.execute(arguments: [id]) }
            for block in blocks { try block.insert(in: db) }
        }
        return merges.map(\.bucket)
    }

    private func dueMerges(
        of bucket: UInt32, everything: Bool, in db: Database
    ) throws -> [Merge] {
        let select = try db.cachedStatement(
            sql: "SELECT id, level FROM block WHERE bucket = ? AND level < 2 ORDER BY id")
        let rows = try Row.fetchAll(select, arguments: [bucket])
        if everything {
            return rows.count > 1 ? [Merge(bucket: bucket, blocks: rows.map { $0[0] })] : []
        }
        return (0..<Compactor.Policy.topLevel).compactMap { level in
            let blocks: [Int64] = rows.filter { $0[1] as Int == level }.map { $0[0] }
            return blocks.count >= Compactor.Policy.blocksPerMerge
                ? Merge(bucket: bucket, blocks: blocks) : nil
        }
    }

    private func mergedBlock(of merge: Merge, in db: Database) throws -> NewBlock? {
        var assemblies = [ColumnAssembly](repeating: ColumnAssembly(), count: Int(Block.width))
        let select = try db.cachedStatement(sql: "SELECT payload FROM block WHERE id = ?")
        // Identifiers of a higher level are greater, and its blocks were written earlier.
        let order = merge.blocks.sorted { a, b in
            a >> 48 != b >> 48 ? a >> 48 > b >> 48 : a < b
        }
        for id in order {
            guard let payload = try Data.fetchOne(select, arguments: [id]) else { continue }
            try payload.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) in
                do throws(Damage) {
                    var reader = try BlockReader(bytes)
                    for slot in reader.slots {
                        guard let part = try reader.part(slot: slot) else { continue }
                        assemblies[slot].append((part.timestamps, part.values))
                    }
                } catch {
                    throw Damage("row \(id) of table block: \(error.reason)")
                }
            }
        }
        var parts: [Block.Part] = []
        for (slot, assembly) in assemblies.enumerated() {
            let (timestamps, values) = assembly.finished()
            if timestamps.isEmpty { continue }
            parts.append(Block.Part(slot: slot, timestamps: timestamps, values: values))
        }
        return NewBlock(bucket: merge.bucket, parts: parts)
    }
}
