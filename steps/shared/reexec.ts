// Running this same program again.
import { join } from 'node:path'

/**
 * The arguments that make /proc/self/exe, which is Node, run this program again with another verb.
 *
 * @param verb what the program does this time, such as 'child'
 * @param args the words after the verb
 */
export function reexec(verb: string, args: string[]): string[] {
  return ['--require', join(import.meta.dirname, 'loader.cjs'), process.argv[1], verb, ...args]
}
