import Foundation

/// A file or standard input, a block at a time, of which the unread end stays.
struct BlockInput: ~Copyable {
    static let maximumRowByteCount = 1 << 20
    private static let blockByteCount = 1 << 16

    /// What was read, up to `limit`; then at least one zero byte.
    private(set) var block: [UInt8]
    private(set) var limit = 0
    /// Begin of what is unread.
    var place = 0
    private(set) var isAtEnd = false

    private let descriptor: Int32
    private let isOwned: Bool
    private let name: String
    /// Bytes read so far, and of the whole file; 0 where that is not known.
    private var readByteCount = 0
    private let byteCount: Int

    private init(name: String, descriptor: Int32, isOwned: Bool, byteCount: Int) {
        self.name = name
        self.descriptor = descriptor
        self.isOwned = isOwned
        self.byteCount = byteCount
        block = [UInt8](repeating: 0, count: Self.blockByteCount + 1)
    }

    /// - Parameter path: `-` for standard input.
    static func open(path: String) throws -> BlockInput {
        let isOwned = path != "-"
        let descriptor = isOwned ? Foundation.open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO
        guard descriptor >= 0 else {
            throw CommandFailure(
                errno == ENOENT
                    ? "cannot read '\(path)'; is there such a file?"
                    : "cannot read '\(path)': \(String(cString: strerror(errno)))")
        }
        return try BlockInput.reading(descriptor, name: path, isOwned: isOwned)
    }

    /// - Parameter isOwned: The descriptor is closed at the end.
    static func reading(_ descriptor: Int32, name: String, isOwned: Bool) throws -> BlockInput {
        var status = stat()
        let isKnown = fstat(descriptor, &status) == 0
        let isFile = isKnown && status.st_mode & S_IFMT == S_IFREG
        var input = BlockInput(
            name: name, descriptor: descriptor, isOwned: isOwned,
            byteCount: isFile ? Int(status.st_size) : 0)
        guard !isKnown || status.st_mode & S_IFMT != S_IFDIR else {
            throw CommandFailure("'\(name)' is a folder, expected a CSV file")
        }
        _ = try input.refill()
        if input.block.starts(with: [0xEF, 0xBB, 0xBF]) { input.place = 3 }
        return input
    }

    deinit {
        if isOwned { close(descriptor) }
    }

    /// Share of the file that was read, in 0...1; 0 where its size is not known.
    var progress: Double {
        byteCount > 0 ? Double(readByteCount - limit + place) / Double(byteCount) : 0
    }

    /// Moves what is unread to the front and reads more behind it.
    ///
    /// - Returns: false where what is unread is longer than a row may be.
    mutating func refill() throws -> Bool {
        let restCount = limit - place
        guard restCount <= Self.maximumRowByteCount else { return false }
        if place > 0 {
            block.withUnsafeMutableBytes { bytes in
                bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[place..<limit]))
            }
            limit = restCount
            place = 0
        }
        if block.count - 1 - limit < Self.blockByteCount / 2 {
            block += [UInt8](repeating: 0, count: block.count)
        }
        guard !isAtEnd else { return true }
        var count = 0
        repeat {
            count = block.withUnsafeMutableBytes { bytes in
                let free = UnsafeMutableRawBufferPointer(rebasing: bytes[limit..<(bytes.count - 1)])
                return read(descriptor, free.baseAddress, free.count)
            }
        } while count < 0 && errno == EINTR
        guard count >= 0 else {
            throw CommandFailure("reading '\(name)': \(String(cString: strerror(errno)))")
        }
        isAtEnd = count == 0
        readByteCount += count
        limit += count
        block[limit] = 0
        return true
    }

    /// The next byte, which stays unread; nil at the end.
    mutating func peek() throws -> UInt8? {
        while place == limit {
            guard !isAtEnd else { return nil }
            _ = try refill()
        }
        return block[place]
    }

    mutating func next() throws -> UInt8? {
        let byte = try peek()
        if byte != nil { place += 1 }
        return byte
    }
}
