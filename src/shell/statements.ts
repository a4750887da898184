import { parse } from 'acorn';
import { isComplete, javaScript } from './complete-input.ts';

/**
 * Several lines that were pasted as the inputs that they would have been if typed: each begins on a line of its own and takes as
 * many lines as it needs. Unlike at the prompt, a line that begins with a dot continues the one above (`db.users` / `.find()`).
 */
export function splitInputs(text: string): string[] {
  return splitProgram(text) ?? splitLines(text);
}

/**
 * What was written in the editor: one program, whose last value is its answer, unless it has lines that are no JavaScript (`use app`);
 * then as if it had been pasted.
 */
export function editedInputs(text: string): string[] {
  return isJavaScript(text) ? [text] : splitLines(text);
}

function isJavaScript(text: string): boolean {
  try {
    parse(text, javaScript);
    return true;
  } catch {
    return false;
  }
}

/** By JavaScript's own statements; undefined if it is not all JavaScript (`use app`). */
function splitProgram(text: string): string[] | undefined {
  const starts: number[] = [];
  try {
    for (const { start } of parse(text, javaScript).body) {
      if (starts.length === 0 || text.slice(starts.at(-1), start).includes('\n')) starts.push(start);
    }
  } catch {
    return undefined;
  }
  // A statement that begins on the line on which the one before ends belongs to its input.
  const cuts = starts.filter((start, index) => index === 0 || startsLine(text, start));
  return cuts.map((start, index) => text.slice(start, cuts[index + 1]).trim());
}

function startsLine(text: string, at: number): boolean {
  return text.slice(text.lastIndexOf('\n', at - 1) + 1, at).trim() === '';
}

function splitLines(text: string): string[] {
  const inputs: string[] = [];
  let pending = '';
  const lines = text.split('\n');
  lines.forEach((line, index) => {
    pending = pending === '' ? line : `${pending}\n${line}`;
    const next = lines[index + 1];
    if (next !== undefined && (!isComplete(pending) || /^\s*\.[\w$]+\s*\(/.test(next))) return;
    if (pending.trim() !== '') inputs.push(pending.trim());
    pending = '';
  });
  return inputs;
}
