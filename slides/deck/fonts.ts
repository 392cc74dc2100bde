// The deck's fonts: the Latin letters of Inter and JetBrains Mono, which npm brings along. So the
// deck looks the same on every machine.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

type Font = { family: string; weight: number; name: string; body: Buffer; licence: string }

// Not the variable fonts: Chromium's PDFs would have their letters as drawings.
const load = (family: string, name: string): Font[] => {
  const read = (file: string) => readFileSync(require.resolve(`@fontsource/${name}/${file}`))
  return [400, 700].map((weight) => ({
    family,
    weight,
    name: `${name}-${weight}.woff2`,
    body: read(`files/${name}-latin-${weight}-normal.woff2`),
    licence: `${read('LICENSE')}`,
  }))
}

export const fonts = [...load('Inter', 'inter'), ...load('JetBrains Mono', 'jetbrains-mono')]

/** The rules that load the fonts, with the licence that must go along with each. */
export const fontCss = (address: (font: Font) => string) =>
  fonts
    .map(
      (font) => `/*! ${font.licence.trim()} */
@font-face {
  font-family: "${font.family}";
  font-weight: ${font.weight};
  font-display: block;
  src: url(${address(font)}) format("woff2");
}`,
    )
    .join('\n')

export const dataUrl = ({ body }: { body: Buffer }) =>
  `data:font/woff2;base64,${body.toString('base64')}`
