#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Why a file could not be read, in a few words: `no such file`.
struct FileError: Error, Equatable {
    let message: String
}

/// Reads regular files, and only as much of one as was asked for.
enum FileText {
    /// - Parameter maximumByteCount: A larger file is an error; none of it is returned.
    /// - Throws: Where the file does not exist, may not be read, is no regular file or too large.
    static func bytes(at path: String, maximumByteCount: Int) throws(FileError) -> [UInt8] {
        guard !path.utf8.contains(0) else { throw FileError(message: "not a file name") }
        // O_NONBLOCK, so that a pipe without a writer does not hold the program up.
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(message: reason(errno)) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError(message: reason(errno)) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            let isFolder = status.st_mode & S_IFMT == S_IFDIR
            throw FileError(message: isFolder ? "it is a folder" : "not a regular file")
        }
        return try contents(of: descriptor, maximumByteCount: maximumByteCount)
    }

    private static func contents(
        of descriptor: Int32, maximumByteCount: Int
    ) throws(FileError) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileError(message: reason(errno)) }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
            guard bytes.count <= maximumByteCount else {
                throw FileError(message: "larger than \(maximumByteCount) bytes")
            }
        }
    }

    private static func reason(_ code: Int32) -> String {
        switch code {
        case ENOENT: "no such file"
        case EACCES: "permission denied"
        case ENAMETOOLONG: "the name is too long"
        default: String(cString: strerror(code)).lowercased()
        }
    }
}
