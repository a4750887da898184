import { otherCases, pointSource, readEscape } from './escape.ts';
import { invalidPattern, unsupported, type PatternReader } from './reader.ts';
import { posixSets } from './sets.ts';

type Item = { point: number } | { set: string };

/**
 * Reads a bracketed class after its `[` and returns it as JavaScript source. Where letter case is ignored the other cases are `written` out
 * if the pattern around does not ignore it.
 */
export function readClass(reader: PatternReader, cases: false | 'ignored' | 'written'): string {
  const foldCases = cases === 'written';
  const negated = reader.take('^');
  let source = '';
  let first = true;
  for (;;) {
    if (reader.done) throw invalidPattern();
    if (!first && reader.take(']')) break;
    const from = readItem(reader, cases !== false);
    first = false;
    if (from === undefined) continue;
    const isRange =
      'point' in from && reader.peek() === '-' && reader.peek(1) !== ']' && reader.peek(1) !== '';
    if (!isRange) {
      source += 'set' in from ? from.set : rangeSource(from.point, from.point, foldCases);
      continue;
    }
    reader.next();
    const to = readItem(reader, cases !== false);
    if (to === undefined) source += `${rangeSource(from.point, from.point, foldCases)}\\-`;
    else if ('set' in to || to.point < from.point) throw invalidPattern();
    else source += rangeSource(from.point, to.point, foldCases);
  }
  return `[${negated ? '^' : ''}${source}]`;
}

function readItem(reader: PatternReader, ignoresCase: boolean): Item | undefined {
  const next = reader.next();
  if (next === '[') {
    const posix = reader.match(/^:(\^?)([a-z]+):\]/);
    if (posix !== undefined) {
      const given = posix[2] ?? '';
      const name = ignoresCase && (given === 'upper' || given === 'lower') ? 'alpha' : given;
      const pair = Object.hasOwn(posixSets, name) ? posixSets[name] : undefined;
      if (pair === undefined) throw invalidPattern();
      return { set: pair[posix[1] === '^' ? 1 : 0] };
    }
    if (/^[.=]$/.test(reader.peek())) throw unsupported('collating elements');
    return { point: 0x5b };
  }
  if (next !== '\\') return { point: next.codePointAt(0) ?? 0 };
  if (reader.take('b')) return { point: 8 };
  if (reader.take('E')) return undefined;
  if (reader.take('Q')) throw unsupported('\\Q inside a class');
  const octal = reader.match(/^[0-7]{1,3}/);
  if (octal !== undefined) return { point: Number.parseInt(octal[0], 8) };
  return readEscape(reader);
}

/** Beyond this a range is taken as it is: letter cases far apart hardly matter in one. */
const widestFolded = 0x400;

function rangeSource(from: number, to: number, foldCases: boolean): string {
  const range = from === to ? pointSource(from) : `${pointSource(from)}-${pointSource(to)}`;
  if (!foldCases || to - from > widestFolded) return range;
  let others = '';
  for (let point = from; point <= to; point++) others += otherCases(point).map(pointSource).join('');
  return range + others;
}
