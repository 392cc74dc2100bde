// Once a test run: the scratch folder, made before the first worker starts and removed after the last.
import { removeWork, work } from './work'

export function setup(): void {
  work()
}

export function teardown(): void {
  removeWork()
}
