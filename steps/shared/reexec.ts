// Running this program again.
import { join } from 'node:path'

/**
 * The arguments with which /proc/self/exe, which is Node, runs this program with another verb.
 *
 * @param verb what the program does this time, such as 'child'
 * @param args the words after the verb
 */
export function reexec(verb: string, args: string[]): string[] {
  return ['--require', join(import.meta.dirname, 'loader.cjs'), process.argv[1], verb, ...args]
}
