// A program as the kernel takes it: where to look for the file, its argv, its environment.
import { isAbsolute } from 'node:path'
import { environment, path, strings } from './arguments'

export type Environment = Record<string, string | undefined>

/** The paths to try, argv and envp. A file without a slash is looked for in PATH of `env`, as execvp(3) does. */
export function program(
  file: string,
  args: string[],
  env: Environment,
): [paths: string[], argv: string[], envp: string[]] {
  const envp = environment(env)
  return [search(path(file, 'file'), env.PATH), [file, ...strings(args, 'args')], envp]
}

// An empty name is found nowhere.
function search(file: string, PATH = '/bin:/usr/bin'): string[] {
  if (file === '') return []
  if (file.includes('/')) return [file]
  return PATH.split(':').map((directory) =>
    isAbsolute(directory) ? `${directory}/${file}` : `./${directory}/${file}`,
  )
}
