// The program behind `npm run slides` and its like: each sub-command is a file of this folder.
import { main } from '../../tools/setup/terminal.mjs'

main(async () => {
  const [command, ...args] = process.argv.slice(2)
  const { run } = (await import(`./${command}.ts`)) as { run(args: string[]): Promise<void> }
  await run(args)
})
