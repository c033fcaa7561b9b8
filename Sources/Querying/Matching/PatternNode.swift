/// A regular expression as parsed.
indirect enum PatternNode {
    case empty
    case scalars(ScalarSet)
    case assertion(PatternAssertion)
    case sequence([PatternNode])
    case alternatives([PatternNode])
    /// `maximum` nil: without bound.
    case repetition(PatternNode, minimum: Int, maximum: Int?, isGreedy: Bool)
    case capture(Int, PatternNode)
}

/// A condition on a place in the text, not on a scalar.
enum PatternAssertion: Hashable {
    case textStart, textEnd, lineStart, lineEnd, wordBoundary, notWordBoundary
}
