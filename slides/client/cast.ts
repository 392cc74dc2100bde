export function mountCasts(_root: HTMLElement, _casts: Record<string, string>) {}
