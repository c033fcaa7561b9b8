/// A regular expression compiled for Thompson's simulation.
///
/// Source: K. Thompson, "Regular Expression Search Algorithm", CACM 11 (1968); R. Pike's form of
/// it with captures, as described in R. Cox, "Regular Expression Matching: the Virtual Machine
/// Approach" (2009).
struct PatternProgram {
    enum Instruction {
        case scalars(set: Int)
        /// Continues at both; the first is preferred.
        case split(Int, Int)
        case jump(Int)
        case save(slot: Int)
        case assert(PatternAssertion)
        case match
    }

    private(set) var instructions: [Instruction] = []
    private(set) var sets: [ScalarSet] = []
    let captureCount: Int
    private var setIndexes: [ScalarSet: Int] = [:]
    /// Repetitions of what is empty emit nothing, yet must be bounded.
    private var emissionCount = 0

    static let maximumInstructionCount = 10_000

    init(_ node: PatternNode, captureCount: Int) throws(QueryError) {
        self.captureCount = captureCount
        try emit(node)
        try append(.match)
    }

    private mutating func append(_ instruction: Instruction) throws(QueryError) {
        guard instructions.count < Self.maximumInstructionCount else {
            throw QueryError(.badData, "error parsing regexp: expression too large")
        }
        instructions.append(instruction)
    }

    private mutating func emit(_ node: PatternNode) throws(QueryError) {
        emissionCount += 1
        guard emissionCount <= 4 * Self.maximumInstructionCount else {
            throw QueryError(.badData, "error parsing regexp: expression too large")
        }
        switch node {
        case .empty: break
        case .scalars(let set):
            let index = setIndexes[set] ?? sets.count
            if index == sets.count {
                sets.append(set)
                setIndexes[set] = index
            }
            try append(.scalars(set: index))
        case .assertion(let assertion): try append(.assert(assertion))
        case .sequence(let items):
            for item in items { try emit(item) }
        case .alternatives(let branches): try emit(alternatives: branches)
        case .capture(let index, let inner):
            try append(.save(slot: 2 * index))
            try emit(inner)
            try append(.save(slot: 2 * index + 1))
        case .repetition(let inner, let minimum, let maximum, let isGreedy):
            for _ in 0..<minimum { try emit(inner) }
            guard let maximum else { return try emit(star: inner, isGreedy: isGreedy) }
            try emit(optional: inner, count: maximum - minimum, isGreedy: isGreedy)
        }
    }

    private mutating func emit(alternatives branches: [PatternNode]) throws(QueryError) {
        var ends: [Int] = []
        for (index, branch) in branches.enumerated() {
            guard index + 1 < branches.count else {
                try emit(branch)
                break
            }
            let split = instructions.count
            try append(.split(split + 1, 0))
            try emit(branch)
            ends.append(instructions.count)
            try append(.jump(0))
            instructions[split] = .split(split + 1, instructions.count)
        }
        for end in ends { instructions[end] = .jump(instructions.count) }
    }

    private mutating func emit(star inner: PatternNode, isGreedy: Bool) throws(QueryError) {
        let split = instructions.count
        try append(.split(0, 0))
        try emit(inner)
        try append(.jump(split))
        let end = instructions.count
        instructions[split] = isGreedy ? .split(split + 1, end) : .split(end, split + 1)
    }

    private mutating func emit(
        optional inner: PatternNode, count: Int, isGreedy: Bool
    ) throws(QueryError) {
        var splits: [Int] = []
        for _ in 0..<count {
            splits.append(instructions.count)
            try append(.split(0, 0))
            try emit(inner)
        }
        let end = instructions.count
        for split in splits {
            instructions[split] = isGreedy ? .split(split + 1, end) : .split(end, split + 1)
        }
    }
}

/// Decodes the scalar that begins at an index, which is advanced past it. A byte that begins
/// none is U+FFFD.
@inline(__always)
func nextScalar(_ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int) -> UInt32 {
    let first = bytes[index]
    index += 1
    if first < 0x80 { return UInt32(first) }
    let length = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : first >= 0xC0 ? 1 : 0
    guard length > 0, index + length <= bytes.count else { return 0xFFFD }
    var value = UInt32(first) & (0x3F >> UInt32(length))
    for offset in 0..<length {
        let byte = bytes[index + offset]
        guard byte & 0xC0 == 0x80 else { return 0xFFFD }
        value = value << 6 | UInt32(byte & 0x3F)
    }
    index += length
    return value
}
