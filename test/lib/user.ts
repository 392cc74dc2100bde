// Commands as somebody else than root.

/** What makes root somebody else. */
export const becoming = (id: number | string) => [
  'setpriv',
  ...['--reuid', `${id}`, '--regid', `${id}`, '--clear-groups'],
]

/** The same, who may read a checkout in somebody's private home all the same. */
export const becomingReader = (id: number | string) => [
  ...becoming(id),
  ...['--inh-caps=+dac_read_search', '--ambient-caps=+dac_read_search'],
]
