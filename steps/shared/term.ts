// Naming the terminal to programs of another root file system.

// The small terminfo databases of distributions know these; busybox asks none.
const known = /^(dumb|linux|vt\d+|(rxvt|screen|tmux|xterm)(-256color|-color)?)$/

/**
 * What TERM says in the container: as on the host, if the kind of terminal is known everywhere. The
 * others, such as kitty and Alacritty, behave as xterm with 256 colours does.
 *
 * @see https://man7.org/linux/man-pages/man7/term.7.html
 */
export function term(): string | undefined {
  const { TERM } = process.env
  return TERM === undefined || known.test(TERM) ? TERM : 'xterm-256color'
}
