export function mountTerminals(_root: HTMLElement) {}
