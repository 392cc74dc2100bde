// A sub-command of tools/slides.mjs, when all packages are there.
import { main } from '../../tools/setup/terminal.mjs'

main(async () => {
  const [command, ...args] = process.argv.slice(2)
  const { run } = (await import(`./${command}.ts`)) as { run(args: string[]): Promise<void> }
  await run(args)
})
