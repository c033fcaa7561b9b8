import Foundation
import Synchronization
import TestSupport
import Testing

@testable import HTTP

@Suite("Tasks on the client's thread") struct HTTPThreadTests {
    private static var thread: UInt { UInt(pthread_self()) }

    @Test("a task stays on the thread through answers and sleep")
    func stays() async throws {
        let server = try TestServer { _ in .text("x 1\n") }
        let threads = try await withClient { client in
            try await Task(executorPreference: client) {
                var threads = [Self.thread]
                for _ in 0..<3 {
                    _ = try await client.response(to: request(server.url()))
                    threads.append(Self.thread)
                    try await client.sleep(for: .milliseconds(1))
                    threads.append(Self.thread)
                }
                threads.append(await Self.threadOfChild())
                return threads
            }.value
        }
        #expect(threads.count == 8 && Set(threads).count == 1)
        #expect(server.connectionCount == 1)
    }

    private static func threadOfChild() async -> UInt {
        async let thread = Self.thread
        return await thread
    }

    @Test("sleep is not cut short, and wakes in the order of its ends")
    func sleeps() async throws {
        let order = Order()
        try await withClient { client in
            let start = ContinuousClock.now
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (number, duration) in [(3, 30), (1, 10), (2, 20), (0, -5)] {
                    group.addTask(executorPreference: client) {
                        try await client.sleep(for: .milliseconds(duration))
                        #expect(start.duration(to: .now) >= .milliseconds(duration))
                        order.add(number)
                    }
                }
                try await group.waitForAll()
            }
        }
        #expect(order.numbers == [0, 1, 2, 3])
    }

    @Test("cancelling ends a sleep, also one that has not begun", arguments: [true, false])
    func cancels(hasBegun: Bool) async throws {
        try await withClient { client in
            let isAsleep = Flag()
            let task = Task(executorPreference: client) {
                while !hasBegun, !Task.isCancelled { await Task.yield() }
                isAsleep.set()
                try await client.sleep(for: .seconds(3600))
            }
            if hasBegun { await eventually { isAsleep.isSet } }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    @Test("transfers go on beside a task that never rests")
    func shares() async throws {
        let server = try TestServer { _ in .text("x 1\n") }
        try await withClient { client in
            let isOver = Flag()
            let restless = Task(executorPreference: client) {
                while !isOver.isSet { await Task.yield() }
            }
            for _ in 0..<20 { _ = try await client.response(to: request(server.url())) }
            try await client.sleep(for: .milliseconds(1))
            isOver.set()
            await restless.value
        }
        #expect(server.requests.count == 20)
    }

    @Test("after a shutdown sleepers are told, and tasks run to their end elsewhere")
    func shutsDown() async throws {
        let client = try HTTPClient()
        let isAsleep = Flag()
        let task = Task(executorPreference: client) {
            isAsleep.set()
            do {
                try await client.sleep(for: .seconds(3600))
                return 0
            } catch {
                await Task.yield()
                return 1
            }
        }
        await eventually { isAsleep.isSet }
        await client.shutdown()
        #expect(await task.value == 1)
        #expect(await Task(executorPreference: client) { 2 }.value == 2)
        await #expect(throws: CancellationError.self) { try await client.sleep(for: .zero) }
    }
}

private final class Flag: Sendable {
    private let state = Atomic(false)

    var isSet: Bool { state.load(ordering: .acquiring) }

    func set() { state.store(true, ordering: .releasing) }
}

private final class Order: Sendable {
    private let state = Mutex<[Int]>([])

    var numbers: [Int] { state.withLock { $0 } }

    func add(_ number: Int) { state.withLock { $0.append(number) } }
}
