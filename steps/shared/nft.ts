// A table of nftables with one chain. The chain's name tells that the table is ours.
import { Failure } from './cli'
import { run } from './command'

/**
 * Adds a table with a chain, at once or not at all. If it's there already, its rules are replaced.
 *
 * @param table family and name, such as 'ip container'
 * @param statements of nft(8): the chain's type and hook, then its rules
 * @throws Failure with what `nft` said, and for a table of that name that has no such chain
 * @see https://www.netfilter.org/projects/nftables/manpage.html
 */
export function addTable(table: string, chain: string, statements: string[]): void {
  const whole = `table ${table} { chain ${chain} { ${statements.join('; ')}; }; }`
  try {
    nft(`create table ${table}`, whole)
  } catch (error) {
    if (!isThere(table)) throw error
    if (!isThere(table, chain)) throw foreign(table)
    nft(`flush chain ${table} ${chain}`, whole)
  }
}

/** Removes the table, if it's there and has the chain. @throws Failure with what `nft` said */
export function removeTable(table: string, chain: string): void {
  try {
    nft(`flush chain ${table} ${chain}`, `delete table ${table}`)
  } catch (error) {
    // Any other failure leaves it there.
    if (!/No such file or directory/.test((error as Error).message)) throw error
  }
}

const nft = (...lines: string[]) => run('nft -f -', lines.join('\n'))

function isThere(table: string, chain?: string): boolean {
  try {
    run(chain ? `nft list chain ${table} ${chain}` : `nft list table ${table}`)
    return true
  } catch {
    return false
  }
}

const foreign = (table: string) =>
  new Failure(
    `there is an nftables table '${table}' already, and no container made it`,
    `rename it in your rules, or delete it: nft delete table ${table}`,
  )
