// A page to print: one HTML file with its styles.
import { readFileSync } from 'node:fs'
import { at } from '../../tools/setup/project.mjs'
import { dataUrl, fontCss } from './fonts'
import { escapeHtml } from './html'

export function renderPaper(title: string, kind: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<style>
${fontCss(dataUrl)}
${readFileSync(at('slides', 'deck', 'paper.css'), 'utf8')}${kind === 'handout' ? '@page { size: A4 landscape; margin: 9mm; }' : ''}
</style>
</head>
<body class="${kind}">
${body}
</body>
</html>
`
}
