import CNcurses
import Glibc

/// The terminal, through ncurses.
///
/// ncurses is not built for threads: everything here runs on the thread that made the object.
package final class NcursesScreen: Screen {
    package struct Options: Sendable {
        package var theme: Theme
        /// nil decides by the locale.
        package var isASCII: Bool?
        /// `NO_COLOR`, `COLORTERM`, `TERM`, `TERMINFO`, `TMPDIR`, `LANG`, `LC_*` of the process.
        package var environment: [String: String]

        package init(
            theme: Theme = .dark, isASCII: Bool? = nil, environment: [String: String] = [:]
        ) {
            self.theme = theme
            self.isASCII = isASCII
            self.environment = environment
        }
    }

    package private(set) var size: Size
    package private(set) var traits: Canvas.Traits
    package let wakeup: Wakeup
    package let remark: String?

    let signals: Wakeup
    private let screen: OpaquePointer
    private let depth: ColorDepth
    private let settings: termios
    private let errors: StandardErrorCapture?
    /// Of the old hardware kind, which shows unknown escape sequences as text.
    private let isPlain: Bool
    private var pairs: ColorPairs
    private var row: [cchar_t] = []
    private var shown: Canvas?
    private var isOpen = true

    /// Takes the terminal over.
    ///
    /// - Throws: Where standard input or output is not a terminal, or none of `$TERM`,
    ///   `xterm-256color`, `xterm`, `vt100` is described on this machine.
    package init(_ options: Options) throws(TerminalError) {
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else {
            throw TerminalError(
                "opening the screen", "standard input and output must be a terminal; see --once")
        }
        var settings = termios()
        guard tcgetattr(STDIN_FILENO, &settings) == 0 else {
            throw TerminalError("reading its settings", String(cString: strerror(errno)))
        }
        self.settings = settings
        wakeup = try Wakeup()
        signals = try Wakeup()
        let isUTF8 = Self.chooseLocale(options.environment)
        _ = mlmon_set_escdelay(25)
        let opened = try Self.open(options.environment["TERM"] ?? "", options.environment)
        screen = opened.screen
        let name = opened.name
        var remarks: [String] = opened.remark.map { [$0] } ?? []
        isPlain = name.hasPrefix("vt") || name == "dumb" || name == "linux"
        cbreak()
        noecho()
        nonl()
        keypad(mlmon_stdscr(), true)
        nodelay(mlmon_stdscr(), true)
        curs_set(0)
        // Terminals disagree about the colour of cells that a deletion shifts in.
        idcok(mlmon_stdscr(), false)
        var colorCount = 0
        if has_colors() {
            start_color()
            use_default_colors()
            colorCount = Int(mlmon_colors())
        }
        depth = ColorDepth(colorCount: colorCount, environment: options.environment)
        pairs = ColorPairs(theme: options.theme, depth: depth)
        traits = Canvas.Traits(
            isASCII: options.isASCII ?? !isUTF8,
            hasFineColor: pairs.depth >= .indexed && options.theme.name != "terminal")
        if !isUTF8, options.isASCII == nil { remarks.append("the locale is not UTF-8: ASCII") }
        remark = remarks.isEmpty ? nil : remarks.joined(separator: "; ")
        size = Size(columns: Int(getmaxx(mlmon_stdscr())), rows: Int(getmaxy(mlmon_stdscr())))
        errors = StandardErrorCapture(directory: options.environment["TMPDIR"] ?? "/tmp")
        let log = errors.map { "; messages are in \($0.path)" } ?? ""
        CrashRestore.arm(
            settings: settings, isPlain: isPlain,
            message: "mlmon: ended by a fault\(log)\r\n")
        SignalPipe.install(writingTo: signals.writeEnd)
        enterModes()
        readSize()
    }

    /// `LANG` is often unset in containers, whose terminal outside still takes UTF-8.
    private static func chooseLocale(_ environment: [String: String]) -> Bool {
        setlocale(LC_ALL, "")
        if mlmon_is_utf8() == 1 { return true }
        let names = ["LC_ALL", "LC_CTYPE", "LANG"]
        if names.allSatisfy({ (environment[$0] ?? "").isEmpty }) {
            setlocale(LC_CTYPE, "C.UTF-8")
        }
        return mlmon_is_utf8() == 1
    }

    private static func open(
        _ term: String, _ environment: [String: String]
    ) throws(TerminalError) -> (screen: OpaquePointer, name: String, remark: String?) {
        if let entry = DirectColorEntry(for: term, environment: environment) {
            setenv("TERMINFO", entry.environmentValue, 1)
            let screen = newterm(term, mlmon_stdout(), mlmon_stdin())
            // Not for the programs that this one starts.
            if let folder = environment["TERMINFO"] {
                setenv("TERMINFO", folder, 1)
            } else {
                unsetenv("TERMINFO")
            }
            if let screen { return (screen, term, nil) }
        }
        for name in [term, "xterm-256color", "xterm", "vt100"] where !name.isEmpty {
            guard let screen = newterm(name, mlmon_stdout(), mlmon_stdin()) else { continue }
            let remark = name == term ? nil : "TERM=\(term) is not described here: using \(name)"
            return (screen, name, remark)
        }
        throw TerminalError(
            "opening the screen", "no description of TERM='\(term)' and none to fall back on")
    }

    deinit { close() }

    package func use(_ theme: Theme) {
        pairs = ColorPairs(theme: theme, depth: depth)
        traits.hasFineColor = pairs.depth >= .indexed && theme.name != "terminal"
        shown = nil
    }

    package func present(_ canvas: Canvas) {
        guard isOpen, canvas != shown else { return }
        row.reserveCapacity(canvas.size.columns)
        for y in 0..<min(canvas.size.rows, size.rows) { stage(y, of: canvas) }
        synchronised { doupdate() }
        shown = canvas
    }

    /// Hands one row over as filled `cchar_t`, a third of the cost of `setcchar` a cell.
    private func stage(_ y: Int, of canvas: Canvas) {
        row.removeAll(keepingCapacity: true)
        let start = y * canvas.size.columns
        for x in 0..<min(canvas.size.columns, size.columns) {
            let cell = canvas.cells[start + x]
            // mvwadd_wchnstr counts characters: the second half of a wide one is not sent.
            if cell.isContinuation { continue }
            let rendition = pairs.rendition(of: cell.style)
            var character = cchar_t()
            character.attr = rendition.attributes
            character.ext_color = rendition.pair
            character.chars.0 = wchar_t(bitPattern: glyph(cell.glyph).value)
            row.append(character)
        }
        mvwadd_wchnstr(mlmon_stdscr(), Int32(y), 0, row, Int32(row.count))
        wnoutrefresh(mlmon_stdscr())
    }

    /// A glyph the locale measures differently than we do would shift the row.
    private func glyph(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        if scalar.value < 0x7F { return scalar }
        if traits.isASCII { return ASCIIGlyphs.fallback(for: scalar) }
        if scalar.value < 0x3000, scalar.value >= 0x2500, scalar.value < 0x2900 { return scalar }
        let width = DisplayText.width(of: scalar)
        if Int(mlmon_wcwidth(scalar.value)) == width { return scalar }
        return width == 2 ? "\u{3000}" : "?"
    }

    private func synchronised(_ update: () -> Void) {
        if !isPlain { send("\u{1B}[?2026h") }
        update()
        if !isPlain { send("\u{1B}[?2026l") }
    }

    private func send(_ sequence: String) {
        _ = Array(sequence.utf8).withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
    }

    private func enterModes() {
        if !isPlain { send("\u{1B}[?2004h") }
    }

    private func leaveModes() {
        if !isPlain { send("\u{1B}[?2004l") }
    }

    /// Asks the kernel how large the terminal is; true where that changed.
    @discardableResult
    func readSize() -> Bool {
        var columns: Int32 = 0
        var rows: Int32 = 0
        guard mlmon_window_size(STDOUT_FILENO, &columns, &rows) == 1, columns > 0, rows > 0 else {
            return false
        }
        let new = Size(columns: Int(columns), rows: Int(rows))
        guard new != size else { return false }
        resizeterm(rows, columns)
        size = new
        repaint()
        return true
    }

    /// After a shrink some terminals move the old content, so nothing on the screen is trusted.
    private func repaint() {
        clearok(mlmon_curscr(), true)
        werase(mlmon_stdscr())
        shown = nil
    }

    /// ^Z: gives the terminal back, stops, and takes it again when continued.
    func suspend() {
        leaveModes()
        endwin()
        signal(SIGTSTP, SIG_DFL)
        raise(SIGTSTP)
        SignalPipe.install(SIGTSTP)
        wrefresh(mlmon_stdscr())
        enterModes()
        readSize()
        repaint()
    }

    package func close() {
        guard isOpen else { return }
        isOpen = false
        leaveModes()
        endwin()
        SignalPipe.remove()
        CrashRestore.disarm()
        var settings = settings
        tcsetattr(STDIN_FILENO, TCSANOW, &settings)
        delscreen(screen)
        errors?.finish()
    }
}
