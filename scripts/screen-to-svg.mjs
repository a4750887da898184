// Turns a terminal's screen (text with SGR colours, as `tmux capture-pane -e` gives it) on standard input into an SVG picture.
import { readFileSync } from 'node:fs';

const palette = ['#3b4252', '#bf616a', '#a3be8c', '#ebcb8b', '#81a1c1', '#b48ead', '#88c0d0', '#e5e9f0'];
const width = 8.4;
const height = 18;

const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** The style after an SGR sequence. */
function styled(style, codes) {
  const next = { ...style };
  for (const code of codes.split(';').map(Number)) {
    if (code === 0) Object.assign(next, { color: undefined, bold: false, dim: false });
    else if (code === 1) next.bold = true;
    else if (code === 2) next.dim = true;
    else if (code === 22) Object.assign(next, { bold: false, dim: false });
    else if (code >= 30 && code <= 37) next.color = palette[code - 30];
    else if (code >= 90 && code <= 97) next.color = palette[code - 90];
    else if (code === 39) next.color = undefined;
  }
  return next;
}

let style = {};
const lines = readFileSync(0, 'utf8').trimEnd().split('\n');
const rows = lines.map((line) =>
  line
    .split(/(\x1b\[[\d;]*m)/)
    .map((part) => {
      const codes = /^\x1b\[([\d;]*)m$/.exec(part)?.[1];
      if (codes !== undefined) {
        style = styled(style, codes);
        return '';
      }
      if (part === '') return '';
      const { color = '#d8dee9', bold, dim } = style;
      const attributes = `fill="${color}"${bold ? ' font-weight="bold"' : ''}${dim ? ' opacity="0.6"' : ''}`;
      return `<tspan ${attributes}>${escape(part)}</tspan>`;
    })
    .join(''),
);
const columns = Math.max(...lines.map((line) => line.replaceAll(/\x1b\[[\d;]*m/g, '').length));
process.stdout.write(
  `<svg xmlns="http://www.w3.org/2000/svg" width="${Math.ceil(columns * width + 32)}" height="${rows.length * height + 32}">
<rect width="100%" height="100%" rx="8" fill="#2e3440"/>
<g font-family="ui-monospace, Menlo, Consolas, monospace" font-size="14" xml:space="preserve">
${rows.map((row, index) => `<text x="16" y="${(index + 1) * height + 12}">${row}</text>`).join('\n')}
</g>
</svg>
`,
);
