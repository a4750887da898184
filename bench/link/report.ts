import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import path from 'node:path';
import type { Row } from './rows.ts';

const results = path.join(import.meta.dirname, '../results');
const pictures = path.join(import.meta.dirname, '../../docs/images');

/** Writes the rows as JSON and as a picture, and prints what each system takes compared with mongoq. */
export async function writeReport(rows: Row[]): Promise<void> {
  await mkdir(results, { recursive: true });
  const machine = { cpus: cpus().length, model: cpus()[0]?.model, loadAtTheEnd: loadavg()[0] };
  const report = { date: new Date().toISOString(), node: process.version, machine, rows };
  await writeFile(path.join(results, 'link.json'), `${JSON.stringify(report, null, 2)}\n`);
  await mkdir(pictures, { recursive: true });
  await writeFile(path.join(pictures, 'link.svg'), picture(rows));
  console.log(`\n${table(rows)}`);
}

interface Ratio {
  row: Row;
  time: number;
  bytes: number;
}

/** Each row beside mongoq's of the same work and link. */
function ratios(rows: Row[]): Ratio[] {
  return rows.flatMap((row) => {
    const own = rows.find(
      ({ work, latencyMs, system }) =>
        work === row.work && latencyMs === row.latencyMs && system.startsWith('mongoq'),
    );
    return own ? [{ row, time: row.seconds / own.seconds, bytes: row.bytes / own.bytes }] : [];
  });
}

/** The rows as a table of Markdown. */
function table(rows: Row[]): string {
  const head = [
    '| delay | work | system | seconds | requests | MB | time / mongoq | bytes / mongoq | |',
    '|--:|---|---|--:|--:|--:|--:|--:|---|',
  ];
  const lines = ratios(rows).map(
    ({ row, time, bytes }) =>
      `| ${row.latencyMs} ms | ${row.work} | ${row.system} | ${row.seconds.toFixed(2)} | ${row.requests} | ` +
      `${(row.bytes / 1e6).toFixed(2)} | ${time.toFixed(2)} | ${bytes.toFixed(2)} | ${row.note ?? ''} |`,
  );
  return [...head, ...lines].join('\n');
}

const width = 760;
const labels = 380;
const rowHeight = 18;

/** Bars of the time that each system takes, on a logarithmic scale, for the links with the delay of S3. */
function picture(rows: Row[]): string {
  const shown = rows.filter(({ latencyMs }) => latencyMs === 30);
  const low = 0.01;
  const high = Math.max(10, ...shown.map(({ seconds }) => seconds));
  const scale = (seconds: number): number =>
    (Math.log10(Math.max(seconds, low) / low) / Math.log10(high / low)) * (width - labels - 90);
  const parts: string[] = [];
  let y = 40;
  let work = '';
  for (const row of shown) {
    if (row.work !== work) {
      work = row.work;
      y += 8;
      parts.push(`<text x="8" y="${y + 13}" font-weight="bold">${work}</text>`);
    }
    const length = scale(row.seconds).toFixed(1);
    const colour = row.system.startsWith('mongoq') ? '#2b7a4b' : '#9aa5b1';
    const figures = `${row.seconds.toFixed(2)} s, ${(row.bytes / 1e6).toFixed(1)} MB`;
    parts.push(
      `<text x="${labels - 8}" y="${y + 13}" text-anchor="end">${row.system}</text>`,
      `<rect x="${labels}" y="${y + 2}" width="${length}" height="13" fill="${colour}"/>`,
      `<text x="${labels + Number(length) + 5}" y="${y + 13}">${figures}</text>`,
    );
    y += rowHeight;
  }
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y + 12}" font-family="sans-serif" font-size="11">\n` +
    `<rect width="100%" height="100%" fill="#fff"/>\n` +
    `<text x="8" y="20" font-size="13">30 ms a request, 50 MB/s a connection: seconds (logarithmic), bytes fetched</text>\n` +
    `${parts.join('\n')}\n</svg>\n`
  );
}
