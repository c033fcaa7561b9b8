import CNcurses
import Glibc

extension NcursesScreen {
    package func inputs(within timeout: Duration) -> [Input] {
        var descriptors = [
            pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
            pollfd(fd: signals.readEnd, events: Int16(POLLIN), revents: 0),
            pollfd(fd: wakeup.readEnd, events: Int16(POLLIN), revents: 0),
        ]
        let (seconds, attoseconds) = timeout.components
        let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        let ready = poll(&descriptors, 3, Int32(clamping: max(0, milliseconds + 1)))
        // Interrupted by a signal: its byte is in the pipe by now.
        if ready < 0 { descriptors[1].revents = Int16(POLLIN) }
        var inputs: [Input] = []
        if descriptors[1].revents != 0 { inputs += signalInputs() }
        if descriptors[2].revents != 0, !wakeup.drain().isEmpty { inputs.append(.wake) }
        if descriptors[0].revents & Int16(POLLIN) != 0 {
            inputs += keyInputs()
        } else if descriptors[0].revents & Int16(POLLHUP | POLLERR | POLLNVAL) != 0 {
            inputs.append(.terminate(signal: SIGHUP))
        }
        return inputs.isEmpty ? [.timeout] : inputs
    }

    private func signalInputs() -> [Input] {
        var inputs: [Input] = []
        for byte in Set(signals.drain()) {
            switch Int32(byte) {
            case SIGWINCH: if readSize() { inputs.append(.resize(size)) }
            case SIGTSTP:
                suspend()
                inputs.append(.resize(size))
            case let number: inputs.append(.terminate(signal: number))
            }
        }
        return inputs
    }

    /// Everything typed so far. At most 1024 at a time, so that a flood of keys is drawn between.
    private func keyInputs() -> [Input] {
        var inputs: [Input] = []
        var pasted: String.UnicodeScalarView?
        for count in 0..<1024 {
            var value: wint_t = 0
            let status = wget_wch(mlmon_stdscr(), &value)
            if status == ERR {
                // Readable and yet nothing to read: the terminal is gone.
                if count == 0 { inputs.append(.terminate(signal: SIGHUP)) }
                break
            }
            if status == KEY_CODE_YES {
                switch Self.pasteMark(Int32(value)) {
                case .begin?: pasted = String.UnicodeScalarView()
                case .end?:
                    if let text = pasted { inputs.append(.paste(String(text))) }
                    pasted = nil
                case nil:
                    if let key = Self.key(code: Int32(value)) { inputs.append(.key(key)) }
                }
                continue
            }
            guard let scalar = Unicode.Scalar(value) else { continue }
            if pasted != nil, pasted.map({ $0.count < 4096 }) == true {
                pasted?.append(scalar)
            } else if pasted == nil {
                inputs.append(.key(Self.key(scalar: scalar)))
            }
        }
        if let text = pasted { inputs.append(.paste(String(text))) }
        return inputs
    }

    private enum PasteMark { case begin, end }

    /// ncurses 6.4 names the brackets of a paste where the description has `PS` and `PE`.
    private static func pasteMark(_ code: Int32) -> PasteMark? {
        guard code > KEY_MAX, let name = keyname(code) else { return nil }
        switch String(cString: name) {
        case "kPS", "PS": return .begin
        case "kPE", "PE": return .end
        default: return nil
        }
    }

    private static func key(code: Int32) -> Key? {
        switch code {
        case KEY_UP: .up
        case KEY_DOWN: .down
        case KEY_LEFT: .left
        case KEY_RIGHT: .right
        case KEY_PPAGE: .pageUp
        case KEY_NPAGE: .pageDown
        case KEY_HOME: .home
        case KEY_END: .end
        case KEY_ENTER: .enter
        case KEY_BTAB: .backtab
        case KEY_BACKSPACE: .backspace
        case KEY_DC: .delete
        case (KEY_F0 + 1)...(KEY_F0 + 12): .function(Int(code - KEY_F0))
        default: nil
        }
    }

    private static func key(scalar: Unicode.Scalar) -> Key {
        switch scalar.value {
        case 9: return .tab
        case 10, 13: return .enter
        case 27: return .escape
        case 8, 127: return .backspace
        case 1...26: return .control(Unicode.Scalar(UInt8(scalar.value + 96)))
        default: return .character(scalar)
        }
    }
}
