// A container whose shell hears nothing.
import type { Cause } from '../cause'

export const causes: Cause[] = [
  {
    id: 'shell-deaf',
    usually:
      "The command doesn't get your stdin, or its output doesn't reach you: its descriptors 0, 1 and 2 should be yours, with nobody in between.",
    look: 'echo "echo it hears" | npm run step -- my-container/main.ts /bin/sh',
    call: 'spawn() of #native/spawn hands on 0, 1 and 2; execvp() keeps them. See execve(2) and fd(4).',
    lines: { step: '01-exec', pattern: /spawn\(/ },
  },
]
