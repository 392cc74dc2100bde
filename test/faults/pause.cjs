// Preloaded into Node by NODE_OPTIONS: stops at a place until a tracer is attached, so that the
// calls of Node's own start don't count. FAULTS_PLACE names the place, FAULTS_FOLDER has the fifo.
const { existsSync, openSync, writeFileSync } = require('node:fs')

const { FAULTS_PLACE: place, FAULTS_FOLDER: folder } = process.env

// The programs that run starts are found in this folder first. The container's command doesn't see
// it: its environment is made by the step.
process.env.PATH = `${folder}/bin:${process.env.PATH}`

function pause(pid = process.pid) {
  writeFileSync(`${folder}/paused`, `${pid}`)
  openSync(`${folder}/fifo`, 'r') // blocks until there is a writer
  existsSync('/the-program-begins-here') // shows in the trace
}

// In run and in child, the first line of main.ts.
const { on } = process
process.on = (event, ...rest) => {
  if (event === 'uncaughtException' && process.argv[2] === place) {
    process.on = on
    pause()
  }
  return on.call(process, event, ...rest)
}

// Between clone and exec: the child waits for run, and run waits here.
const { dlopen } = process
process.dlopen = (module, ...rest) => {
  dlopen.call(process, module, ...rest)
  if (place !== 'exec' || !module.exports.releaseChild) return
  const { startChild, releaseChild } = module.exports
  let pid
  module.exports.startChild = (...words) => {
    const started = startChild(...words)
    pid = started.pid
    return started
  }
  module.exports.releaseChild = (child) => {
    pause(pid)
    return releaseChild(child)
  }
}
