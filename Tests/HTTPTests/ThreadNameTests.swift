import Foundation
import Testing

@testable import HTTP

@Suite struct ThreadNameTests {
    @Test("a thread has its name from its first moment on, in so many bytes as there is room for")
    func names() async throws {
        for _ in 0..<50 {
            let name = await withCheckedContinuation { continuation in
                Thread.detachNewThread {
                    ThreadName.set("mlmon-service minutes")
                    let name = try? String(
                        contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
                    continuation.resume(returning: name)
                }
            }
            #expect(name == "mlmon-service m\n")
        }
    }
}
