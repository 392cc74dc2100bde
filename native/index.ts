// The whole of it, by the header each name comes from.
export * from './cli'
export * from './command'
export { SystemError } from './errors'
export * from './mount'
export * from './process'
export * from './sched'
export * from './signal'
export * from './unistd'
