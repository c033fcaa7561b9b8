import TimeSeries

/// What each node of one evaluation cost and gave, for `mlmon query --explain`.
package final class QueryProfile {
    package struct Node: Sendable {
        /// 0 for the whole expression.
        package let depth: Int
        package let expression: String
        /// Nodes below included.
        package fileprivate(set) var seconds = 0.0
        package fileprivate(set) var seriesCount = 0
        /// Samples that a selector read, or values that any other node gave.
        package fileprivate(set) var sampleCount = 0
        /// Chunks that were read and decoded, nodes below included.
        package fileprivate(set) var chunkCount = 0
    }

    /// In the order of evaluation, parents before children.
    package private(set) var nodes: [Node] = []
    private var depth = 0
    private let chunks: () -> Int
    private let clock: () -> Duration

    /// - Parameters:
    ///   - chunks: How many the source of the series has read so far.
    ///   - clock: Never runs backwards.
    package init(chunks: @escaping () -> Int = { 0 }, clock: @escaping () -> Duration) {
        self.chunks = chunks
        self.clock = clock
    }

    /// Measures one node; of its value, `size` gives the number of series and of samples.
    func measure<T>(
        _ expression: @autoclosure () -> String, size: (T) -> (series: Int, samples: Int),
        _ body: () throws(QueryError) -> T
    ) throws(QueryError) -> T {
        let index = nodes.count
        nodes.append(Node(depth: depth, expression: expression()))
        depth += 1
        defer { depth -= 1 }
        let start = clock()
        let before = chunks()
        let value = try body()
        nodes[index].chunkCount = chunks() - before
        nodes[index].seconds = (clock() - start).inSeconds
        (nodes[index].seriesCount, nodes[index].sampleCount) = size(value)
        return value
    }
}
