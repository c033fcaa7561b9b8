/// Runs a program over a text in time proportional to their product, whatever the pattern.
struct PatternSimulation {
    private let program: PatternProgram
    private let slotCount: Int
    private var marks: [Int]
    private var mark = 0
    private var stack: [Step] = []

    private struct Thread {
        var instruction: Int
        var slots: [Int]
    }

    private enum Step {
        case visit(Int)
        case restore(slot: Int, value: Int)
    }

    /// A place in the text: what lies before and after it.
    private struct Place {
        var index: Int
        var before: UInt32?
        var after: UInt32?

        func satisfies(_ assertion: PatternAssertion) -> Bool {
            switch assertion {
            case .textStart: before == nil
            case .textEnd: after == nil
            case .lineStart: before == nil || before == 10
            case .lineEnd: after == nil || after == 10
            case .wordBoundary: isWord(before) != isWord(after)
            case .notWordBoundary: isWord(before) == isWord(after)
            }
        }

        private func isWord(_ scalar: UInt32?) -> Bool {
            scalar.map(ScalarSet.word.contains) ?? false
        }
    }

    init(_ program: PatternProgram, capturing: Bool) {
        self.program = program
        slotCount = capturing ? 2 * (program.captureCount + 1) : 0
        marks = Array(repeating: 0, count: program.instructions.count)
    }

    /// Bounds of the captures of the preferred match of the whole text, -1 for those that took no
    /// part; nil where the text does not match.
    mutating func match(_ bytes: UnsafeBufferPointer<UInt8>) -> [Int]? {
        var threads: [Thread] = []
        var index = 0
        var before: UInt32?
        var place = self.place(at: 0, before: nil, in: bytes)
        mark += 1
        add(0, slots: Array(repeating: -1, count: slotCount), at: place, to: &threads)
        while index < bytes.count {
            if threads.isEmpty { return nil }
            let scalar = nextScalar(bytes, &index)
            before = scalar
            place = self.place(at: index, before: before, in: bytes)
            var following: [Thread] = []
            mark += 1
            for thread in threads {
                if case .scalars(let set) = program.instructions[thread.instruction],
                    program.sets[set].contains(scalar)
                {
                    add(thread.instruction + 1, slots: thread.slots, at: place, to: &following)
                }
            }
            threads = following
        }
        for thread in threads {
            if case .match = program.instructions[thread.instruction] {
                guard slotCount > 0 else { return [] }
                var slots = thread.slots
                slots[0] = 0
                slots[1] = bytes.count
                return slots
            }
        }
        return nil
    }

    private func place(
        at index: Int, before: UInt32?, in bytes: UnsafeBufferPointer<UInt8>
    ) -> Place {
        var following = index
        let after = index < bytes.count ? nextScalar(bytes, &following) : nil
        return Place(index: index, before: before, after: after)
    }

    /// Follows everything that consumes nothing, in order of preference.
    private mutating func add(
        _ start: Int, slots initial: [Int], at place: Place, to threads: inout [Thread]
    ) {
        var slots = initial
        stack.append(.visit(start))
        while let step = stack.popLast() {
            guard case .visit(let instruction) = step else {
                if case .restore(let slot, let value) = step { slots[slot] = value }
                continue
            }
            if marks[instruction] == mark { continue }
            marks[instruction] = mark
            switch program.instructions[instruction] {
            case .jump(let target): stack.append(.visit(target))
            case .split(let first, let second):
                stack.append(.visit(second))
                stack.append(.visit(first))
            case .save(let slot):
                if slot < slotCount {
                    stack.append(.restore(slot: slot, value: slots[slot]))
                    slots[slot] = place.index
                }
                stack.append(.visit(instruction + 1))
            case .assert(let assertion):
                if place.satisfies(assertion) { stack.append(.visit(instruction + 1)) }
            case .scalars, .match:
                threads.append(Thread(instruction: instruction, slots: slots))
            }
        }
    }
}
