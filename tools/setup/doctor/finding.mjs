// What a check found: what it saw, how to fix it, and from which step on it matters.

/**
 * @typedef {{ name: string, state: 'ok'|'note'|'warning'|'failure'|'unknown', saw: string, fix?:
 *   string, from?: number }} Finding
 * @typedef {(name: string, saw: string, fix?: string) => Finding} Harmless
 * @typedef {(name: string, from: number | undefined, saw: string, fix?: string) => Finding}
 *   Stopping
 */

/** @type {Harmless} */
export const ok = (name, saw) => ({ name, state: 'ok', saw })

/** @type {Harmless} nothing to worry about */
export const note = (name, saw, fix) => ({ name, state: 'note', saw, fix })

/** @type {Harmless} it may bite */
export const warning = (name, saw, fix) => ({ name, state: 'warning', saw, fix })

/** @type {Stopping} the steps from this one on don't run */
export const failure = (name, from, saw, fix) => ({ name, state: 'failure', saw, fix, from })

/** @type {Stopping} it couldn't be tried */
export const unknown = (name, from, saw, fix) => ({ name, state: 'unknown', saw, fix, from })

export const onlyRoot = 'only root can try this'

/** @type {(name: string, from?: number) => Finding} it takes a password */
export const untried = (name, from) => unknown(name, from, onlyRoot)
