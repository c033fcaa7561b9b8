/// A program turned into a deterministic automaton: one table look-up a byte.
///
/// Built at once and bounded, so that it is immutable and can be shared; a pattern that would
/// need more is left to the simulation.
struct PatternAutomaton {
    private let classOfASCII: [UInt16]
    /// Where each run of scalars of one class begins, ascending from 0.
    private let runStarts: [UInt32]
    private let runClasses: [UInt16]
    private let classCount: Int
    /// By state, then class; state 0 is the one without a way out.
    private let transitions: [UInt16]
    private let accepts: [Bool]

    static let maximumStateCount = 1000
    private static let maximumWork = 500_000

    /// nil where the program is too large, or asserts what depends on both neighbours.
    init?(_ program: PatternProgram) {
        for case .assert(let assertion) in program.instructions {
            guard assertion == .textStart || assertion == .textEnd else { return nil }
        }
        guard let classes = ScalarClasses(program.sets) else { return nil }
        runStarts = classes.starts
        runClasses = classes.classes
        classCount = classes.membership.count
        var table: [UInt16] = []
        for scalar in UInt32(0)..<128 {
            table.append(classes.classes[classes.starts.partitioningIndex { $0 > scalar } - 1])
        }
        classOfASCII = table

        var builder = Builder(program: program)
        let first = builder.closure([0], isStart: true, isEnd: false)
        var indexes: [[Int]: UInt16] = [[]: 0, first: 1]
        var states = [[], first]
        var transitions = Array(repeating: UInt16(0), count: classCount)
        var current = 1
        while current < states.count {
            for members in classes.membership {
                var targets: [Int] = []
                for instruction in states[current] {
                    if case .scalars(let set) = program.instructions[instruction], members[set] {
                        targets.append(instruction + 1)
                    }
                }
                let next = builder.closure(targets, isStart: false, isEnd: false)
                if let known = indexes[next] {
                    transitions.append(known)
                } else {
                    guard states.count < Self.maximumStateCount, builder.work < Self.maximumWork
                    else { return nil }
                    indexes[next] = UInt16(states.count)
                    transitions.append(UInt16(states.count))
                    states.append(next)
                }
            }
            builder.work += states[current].count * classCount
            if builder.work > Self.maximumWork { return nil }
            current += 1
        }
        self.transitions = transitions
        accepts = states.enumerated().map { index, state in
            builder.closure(state, isStart: false, isEnd: true).contains {
                if case .match = program.instructions[$0] { true } else { false }
            }
        }
        startAcceptsEmpty = builder.closure([0], isStart: true, isEnd: true).contains {
            if case .match = program.instructions[$0] { true } else { false }
        }
    }

    /// The empty text is both start and end, which no state of the table stands for.
    private let startAcceptsEmpty: Bool

    func matches(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        if bytes.isEmpty { return startAcceptsEmpty }
        var state = 1
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            let scalarClass: UInt16
            if byte < 0x80 {
                index += 1
                scalarClass = classOfASCII[Int(byte)]
            } else {
                let scalar = nextScalar(bytes, &index)
                scalarClass = runClasses[runStarts.partitioningIndex { $0 > scalar } - 1]
            }
            state = Int(transitions[state * classCount + Int(scalarClass)])
            if state == 0 { return false }
        }
        return accepts[state]
    }

    private struct Builder {
        let program: PatternProgram
        var work = 0
        /// For each instruction, the last closure that reached it.
        private var marks: [Int]
        private var closureCount = 0

        init(program: PatternProgram) {
            self.program = program
            marks = Array(repeating: 0, count: program.instructions.count)
        }

        /// The instructions reached without consuming: those that consume, match, or wait for
        /// the end of the text. Ascending.
        mutating func closure(_ starts: [Int], isStart: Bool, isEnd: Bool) -> [Int] {
            closureCount += 1
            var reached: [Int] = []
            var stack = starts
            while let instruction = stack.popLast() {
                if marks[instruction] == closureCount { continue }
                marks[instruction] = closureCount
                work += 1
                switch program.instructions[instruction] {
                case .jump(let target): stack.append(target)
                case .split(let first, let second):
                    stack.append(first)
                    stack.append(second)
                case .save: stack.append(instruction + 1)
                case .assert(.textStart):
                    if isStart { stack.append(instruction + 1) }
                case .assert:
                    if isEnd { stack.append(instruction + 1) } else { reached.append(instruction) }
                case .scalars, .match: reached.append(instruction)
                }
            }
            return reached.sorted()
        }
    }
}

/// Scalars that no set of a program tells apart are one class.
private struct ScalarClasses {
    var starts: [UInt32] = []
    var classes: [UInt16] = []
    /// For each class, whether each set holds it.
    var membership: [[Bool]] = []

    /// nil where the classes would be too many.
    init?(_ sets: [ScalarSet]) {
        var bounds: Set<UInt32> = [0]
        for set in sets {
            for range in set.ranges {
                bounds.insert(range.lowerBound)
                if range.upperBound < ScalarSet.maximum { bounds.insert(range.upperBound + 1) }
            }
        }
        guard bounds.count * max(sets.count, 1) <= 200_000 else { return nil }
        var known: [[Bool]: UInt16] = [:]
        for start in bounds.sorted() {
            let members = sets.map { $0.contains(start) }
            if known[members] == nil {
                guard membership.count < 4096 else { return nil }
                known[members] = UInt16(membership.count)
                membership.append(members)
            }
            starts.append(start)
            classes.append(known[members] ?? 0)
        }
    }
}
