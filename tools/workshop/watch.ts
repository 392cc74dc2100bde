export async function watch(_step: string | undefined, _options: { poll?: boolean }): Promise<void> {}
