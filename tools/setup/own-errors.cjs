// Preloaded into a learner's program: what fails before it can say how it dies, such as an import,
// is told in its own words and lines, without those of Node and tsx.
const { inspect } = process.getBuiltinModule('node:util')

process.on('uncaughtException', (error) => {
  if (process.listenerCount('uncaughtException') > 1) return // it has one of its own by now
  const lines = `${error instanceof Error ? error.stack : `thrown: ${inspect(error)}`}`.split('\n')
  const own = lines.filter((line) => !/^ {4}at .*(node:|\/node_modules\/)/.test(line))
  process.stderr.write(`${own.join('\n')}\n`)
  process.exit(1)
})
