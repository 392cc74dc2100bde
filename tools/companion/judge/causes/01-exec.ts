import type { Cause } from '../cause'
import { environmentEarly } from './order'

export const causes: Cause[] = [
  {
    id: 'status-swallowed',
    of: /^the exit status is/,
    evidence: (_, seen) =>
      /^0;/.test(seen) && 'whatever status the command exits with, the program exits with 0',
    usually: "The status that spawn() resolves to isn't used, so Node exits with 0.",
    look: "npm run step -- my-container/main.ts /bin/sh -c 'exit 7'; echo $?",
    call: 'process.exitCode is what a Node program exits with when nothing is left to do.',
    lines: { step: '01-exec', pattern: /exitCode/ },
  },
  {
    id: 'status-changed',
    of: /^the exit status is/,
    usually:
      'Something between the end of the command and the end of the program changes the status, or fails.',
    look: "npm run step -- my-container/main.ts /bin/sh -c 'exit 7'; echo $?",
    call: 'spawn() resolves to the status as a shell would give it: pass it on as it is.',
    lines: { step: '01-exec', pattern: /exitCode/ },
  },
  environmentEarly,
  {
    id: 'environment-lacks',
    of: /^the environment is clean/,
    evidence: (_, seen) =>
      /^none of [A-Z0-9, ]+$/.test(seen) && seen.replace('none of', 'there is no'),
    usually: 'Programs rely on these variables, and the container gets only what you give it.',
    look: 'npm run step -- my-container/main.ts /usr/bin/env',
    call: 'PATH says where programs are, HOME where `cd` leads, TERM what the terminal understands, PS1 the prompt. See environ(7).',
    lines: { step: '01-exec', pattern: /^const env|^ {2}(HOME|PATH|PS1|TERM):/ },
  },
  {
    id: 'environment-handed-on',
    of: /^the environment is clean/,
    usually:
      "A program that is given no env inherits its parent's environment, with your secrets in it.",
    look: 'npm run step -- my-container/main.ts /usr/bin/env',
    call: 'Give spawn() or execvp() an env that you made yourself, with PATH and PS1. See environ(7).',
    lines: { step: '01-exec', pattern: /^const env|^ {2}(HOME|PATH|PS1|TERM):|env \}/ },
  },
  {
    id: 'shell-between',
    of: /^arguments arrive/,
    usually:
      "The arguments went through a shell or were joined into one string: spaces, quotes and newlines don't survive that.",
    look: `npm run step -- my-container/main.ts /bin/sh -c 'printf "<%s>\\n" "$@"' sh 'two words' ''`,
    call: 'Arguments are an array from main() to execve(2), so keep them one: spawn(file, args, …). Options end where the command begins.',
    lines: { step: '01-exec', pattern: /\.\.\.args|spawn\(file/ },
  },
  {
    id: 'status-of-signals',
    of: /^a command that signal/,
    usually:
      "spawn() of #native/spawn already gives 128+n for signal n; what Node's child_process gives has to be translated.",
    look: "npm run step -- my-container/main.ts /bin/sh -c 'kill -9 $$'; echo $?",
    call: 'A shell gives 128+n for a command that signal n ended, and so does docker run. See wait(2), and bash(1), EXIT STATUS.',
    lines: { step: '01-exec', pattern: /exitCode/ },
  },
  {
    id: 'signals-not-passed',
    of: /^SIGTERM to the run process/,
    usually:
      'A process between you and the command keeps the signal to itself, or `run` dies of it.',
    look: 'Send SIGTERM to the run process, and look with ps which processes are left.',
    call: "spawn() of #native/spawn passes signals on; a command that PID 1 starts as its child doesn't get them. See signal(7).",
    lines: { step: '01-exec', pattern: /spawn\(/ },
  },
  {
    id: 'not-found-not-said',
    of: /^a missing command/,
    usually: "`die` doesn't get the error of execve, or the error becomes another status.",
    look: 'npm run step -- my-container/main.ts /no/such/program; echo $?',
    call: "process.on('uncaughtException', die): die() exits with 127 for ENOENT and 126 for EACCES, as a shell does.",
    lines: { step: '01-exec', pattern: /uncaughtException/ },
  },
  {
    id: 'umask-inherited',
    of: /^a closed stdin/,
    evidence: (_, seen) => /^umask/.test(seen) && "the command has the umask of the host's shell",
    usually:
      "The program keeps the umask it was started with. If that is strict, others in the container can't read what root makes there.",
    look: '(umask 077; npm run step -- my-container/main.ts /bin/sh -c umask)',
    call: 'process.umask(0o022) at the top of the program. See umask(2).',
    lines: { step: '01-exec', pattern: /umask/ },
  },
  {
    id: 'streams-not-passed',
    of: /^64 MiB|^a closed stdin/,
    usually:
      'Data goes through the program, as text or piece by piece; the command should read and write it directly.',
    look: 'head -c 1M /dev/urandom | tee /tmp/in | … run /bin/cat | cmp - /tmp/in',
    call: 'The command inherits descriptors 0, 1 and 2, so nothing needs copying. See execve(2) and fd(4).',
    lines: { step: '01-exec', pattern: /spawn\(/ },
  },
  {
    id: 'descriptors-leak',
    of: /^the command gets descriptors/,
    usually:
      'A file that was opened before the command started stays open in it, and with it a way out of the container.',
    look: "sudo ls -l /proc/PID/fd, with the command's PID",
    call: 'spawn() of #native/spawn and execvp() of #native/unistd close everything but 0, 1 and 2. See close_range(2), and CVE-2024-21626.',
    lines: { step: '01-exec', pattern: /spawn\(/ },
  },
]
