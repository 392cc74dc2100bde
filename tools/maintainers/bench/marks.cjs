// NODE_OPTIONS preloads this into the Nodes of a step. It notes when they get where, in ms of the
// clock that all processes share, so no step has to measure itself. JavaScript, because it comes
// before tsx, in steps that run compiled.
const { openSync, writeSync } = require('node:fs')

const file = openSync(process.env.BENCH_MARKS, 'a')
const mark = (name) => writeSync(file, `${name} ${Number(process.hrtime.bigint()) / 1e6}\n`)
const isChild = process.argv0 === '/proc/self/exe'

mark(isChild ? 'second node' : 'node')

// The marks before and after a call of the addon.
const marks = isChild
  ? { sethostname: ['second load'], execve: ['set-up'] }
  : { startChild: ['load', 'clone'], releaseChild: ['host'] }

const { dlopen } = process
process.dlopen = function (module, path, ...rest) {
  dlopen.call(this, module, path, ...rest)
  for (const [name, [before, after]] of Object.entries(marks))
    wrap(module.exports, name, before, after)
}

function wrap(addon, name, before, after) {
  const call = addon[name]
  if (!call) return
  addon[name] = (...args) => {
    mark(before)
    const result = call(...args)
    if (after) mark(after)
    return result
  }
}
