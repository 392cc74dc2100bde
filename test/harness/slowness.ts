/** How many times slower than usual this machine is, as in an emulator: `TEST_SLOWNESS=8`. */
export const slowness = Number(process.env.TEST_SLOWNESS ?? 1)
