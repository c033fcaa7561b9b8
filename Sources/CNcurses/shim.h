// What Swift cannot import from ncurses and the terminal's part of libc: macros with casts,
// mutable globals, and functions that Swift's Glibc module leaves out.
#ifndef MLMON_CNCURSES_SHIM_H
#define MLMON_CNCURSES_SHIM_H

// Without it cchar_t and the *_wch functions are not declared.
#define NCURSES_WIDECHAR 1

#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>
#include <ncurses.h>

// ncurses is not built to be shared between threads; these are read on the one that draws.
static inline WINDOW *mlmon_stdscr(void) { return stdscr; }
static inline WINDOW *mlmon_curscr(void) { return curscr; }
static inline int mlmon_colors(void) { return COLORS; }
static inline FILE *mlmon_stdin(void) { return stdin; }
static inline FILE *mlmon_stdout(void) { return stdout; }

static const attr_t mlmon_a_bold = A_BOLD;
static const attr_t mlmon_a_dim = A_DIM;
static const attr_t mlmon_a_reverse = A_REVERSE;
static const attr_t mlmon_a_underline = A_UNDERLINE;

static inline int mlmon_set_escdelay(int milliseconds) { return set_escdelay(milliseconds); }

// Declared by <wchar.h> only under _XOPEN_SOURCE, which would make this header disagree with
// Swift's Glibc module about other types.
extern int wcwidth(wchar_t character);
static inline int mlmon_wcwidth(unsigned int scalar) { return wcwidth((wchar_t)scalar); }

static inline int mlmon_is_utf8(void) {
    const char *codeset = nl_langinfo(CODESET);
    return codeset && (codeset[0] == 'U' || codeset[0] == 'u') && codeset[3] == '-'
        && codeset[4] == '8';
}

// Columns and rows of the terminal behind a descriptor; 0 where it is not a terminal.
static inline int mlmon_window_size(int fd, int *columns, int *rows) {
    struct winsize size;
    if (ioctl(fd, TIOCGWINSZ, &size) != 0) return 0;
    *columns = size.ws_col;
    *rows = size.ws_row;
    return 1;
}

// Negative where the signal was sent by kill(2) and will not come again by itself.
static inline int mlmon_signal_code(const siginfo_t *info) { return info ? info->si_code : 0; }

#endif
