// A reporter for vitest: ends the output with one plain line, 'N passed, N failed'. What never
// became a test (a file that can't be loaded, an error outside tests) counts as failed.
import type { Reporter, TestModule } from 'vitest/node'

export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0, pending: 0 }
    for (const module of modules) {
      count.failed += module.errors().length
      for (const suite of module.children.allSuites()) count.failed += suite.errors().length
      for (const test of module.children.allTests()) count[test.result().state]++
    }
    count.failed += count.pending
    const skipped = count.skipped ? `, ${count.skipped} skipped` : ''
    const line = `\n${count.passed} passed, ${count.failed} failed${skipped}`
    process.once('exit', () => console.log(line))
  }
}
