import type { Cause } from '../cause'

export const causes: Cause[] = [
  {
    id: 'status-swallowed',
    of: /^the exit status is the/,
    evidence: (_, seen) =>
      /^0;/.test(seen) && 'whatever the command ends with, the program ends with 0',
    usually: 'The status that spawn() resolves to is not used, so Node ends with 0.',
    look: "npm run step -- my-container/main.ts /bin/sh -c 'exit 7'; echo $?",
    call: 'process.exitCode is what a Node program ends with when nothing is left to do.',
    lines: { step: '01-exec', pattern: /exitCode/ },
  },
  {
    id: 'status-changed',
    of: /^the exit status is the/,
    usually:
      'Something between the end of the command and that of the program changes the status, or fails.',
    look: "npm run step -- my-container/main.ts /bin/sh -c 'exit 7'; echo $?",
    call: 'What spawn() resolves to is the status as a shell would say it: hand it on as it is.',
    lines: { step: '01-exec', pattern: /exitCode/ },
  },
  {
    id: 'environment-handed-on',
    of: /^the environment is clean/,
    usually:
      'Without an env of its own a program gets that of its parent, with your secrets in it.',
    look: 'npm run step -- my-container/main.ts /usr/bin/env',
    call: 'Hand spawn() or execvp() an env that you made yourself, with PATH and PS1. See environ(7).',
    lines: { step: '01-exec', pattern: /^const env|^ {2}(HOME|PATH|PS1|TERM):|env \}/ },
  },
  {
    id: 'shell-between',
    of: /^arguments arrive/,
    usually:
      'The arguments went through a shell or were joined to one text: spaces, quotes and newlines do not survive that.',
    look: `npm run step -- my-container/main.ts /bin/sh -c 'printf "<%s>\\n" "$@"' sh 'two words' ''`,
    call: 'Arguments are an array from main() to execve(2), and stay one: spawn(file, args, …). Options end where the command begins.',
    lines: { step: '01-exec', pattern: /\.\.\.args|spawn\(file/ },
  },
  {
    id: 'status-of-signals',
    of: /^a command that signal n ends/,
    usually:
      'spawn() of native/process gives 128+n for signal n already; what child_process of Node gives has to be translated.',
    look: "npm run step -- my-container/main.ts /bin/sh -c 'kill -9 $$'; echo $?",
    call: 'A shell gives 128+n for a command that signal n ended; docker run does too. See wait(2), and bash(1), EXIT STATUS.',
    lines: { step: '01-exec', pattern: /exitCode/ },
  },
  {
    id: 'signals-not-passed',
    of: /^SIGTERM to the run process/,
    usually:
      'Between you and the command there is a process that keeps the signal, or `run` ends of it by itself.',
    look: 'Send SIGTERM to the run process, and look with ps which processes are left.',
    call: 'spawn() of native/process passes signals on; a command that PID 1 starts as its child does not get them. See signal(7).',
    lines: { step: '01-exec', pattern: /spawn\(/ },
  },
  {
    id: 'not-found-not-said',
    of: /^a missing command/,
    usually: 'An error of execve is not caught by `die`, or is turned into another status.',
    look: 'npm run step -- my-container/main.ts /no/such/program; echo $?',
    call: "process.on('uncaughtException', die): die() ends with 127 for ENOENT and 126 for EACCES, as a shell does.",
    lines: { step: '01-exec', pattern: /uncaughtException/ },
  },
  {
    id: 'streams-not-passed',
    of: /^64 MiB|^a closed stdin/,
    usually:
      'Data go through the program, as text or piece by piece, instead of being read and written by the command itself.',
    look: 'head -c 1M /dev/urandom | tee /tmp/in | … run /bin/cat | cmp - /tmp/in',
    call: 'The command inherits descriptors 0, 1 and 2: nothing has to be copied. See execve(2) and fd(4).',
    lines: { step: '01-exec', pattern: /spawn\(/ },
  },
  {
    id: 'descriptors-leak',
    of: /^the command gets descriptors/,
    usually:
      'A file that was opened before the command started stays open in it, and with it a way out of the container.',
    look: 'sudo ls -l /proc/PID/fd of the command',
    call: 'spawn() and execvp() of native/process close all but 0, 1 and 2. See close_range(2), and CVE-2024-21626.',
    lines: { step: '01-exec', pattern: /spawn\(/ },
  },
]
