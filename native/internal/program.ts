// What execve(2) needs to know about a program: where to look for it, its argv, its environment.
import { isAbsolute } from 'node:path'
import { environment, path, strings } from './arguments'

export type Environment = Record<string, string | undefined>

/** Looks for a file without a slash in PATH of `env`, as execvp(3) does. */
export function program(
  file: string,
  args: string[],
  env: Environment,
): [paths: string[], argv: string[], envp: string[]] {
  const envp = environment(env)
  return [search(path(file, 'file'), env.PATH), [file, ...strings(args, 'args')], envp]
}

// The kernel resolves a path that isn't absolute from the working directory.
function search(file: string, PATH = '/bin:/usr/bin'): string[] {
  if (file === '') return []
  if (file.includes('/')) return [file]
  return PATH.split(':').map((directory) =>
    isAbsolute(directory) ? `${directory}/${file}` : `./${directory}/${file}`,
  )
}
