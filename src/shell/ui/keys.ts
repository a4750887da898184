/** A key, or text that was typed or pasted. */
export type Key = { kind: 'text'; text: string } | { kind: 'paste'; text: string } | { kind: KeyName };

export type KeyName =
  | 'enter'
  | 'newLine'
  | 'tab'
  | 'escape'
  | 'interrupt'
  | 'endOfInput'
  | 'suspend'
  | 'search'
  | 'clearScreen'
  | 'up'
  | 'down'
  | 'older'
  | 'newer'
  | 'left'
  | 'right'
  | 'wordLeft'
  | 'wordRight'
  | 'home'
  | 'end'
  | 'backspace'
  | 'delete'
  | 'killWord'
  | 'killNextWord'
  | 'killToStart'
  | 'killToEnd'
  | 'yank'
  | 'undo';

const controls: Record<string, KeyName> = {
  '\x01': 'home',
  '\x02': 'left',
  '\x03': 'interrupt',
  '\x04': 'endOfInput',
  '\x05': 'end',
  '\x06': 'right',
  '\x07': 'escape',
  '\x08': 'backspace',
  '\t': 'tab',
  '\n': 'enter',
  '\x0b': 'killToEnd',
  '\x0c': 'clearScreen',
  '\r': 'enter',
  '\x0e': 'newer',
  '\x10': 'older',
  '\x12': 'search',
  '\x15': 'killToStart',
  '\x17': 'killWord',
  '\x19': 'yank',
  '\x1a': 'suspend',
  '\x1f': 'undo',
  '\x7f': 'backspace',
};

/** What follows ESC for Alt with a letter. */
const metas: Record<string, KeyName> = {
  b: 'wordLeft',
  f: 'wordRight',
  d: 'killNextWord',
  '\x7f': 'killWord',
  '\b': 'killWord',
  '\r': 'newLine',
  '\n': 'newLine',
};

/** Final byte, or number before `~`, of a CSI or SS3 sequence (xterm, rxvt, Linux console). */
const sequences: Record<string, KeyName> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  H: 'home',
  F: 'end',
  M: 'enter',
  '1~': 'home',
  '3~': 'delete',
  '4~': 'end',
  '7~': 'home',
  '8~': 'end',
};

const pasteStart = '\x1b[200~';
const pasteEnd = '\x1b[201~';

/**
 * Turns what a terminal sends into keys. Chunks may hold many keys (typed ahead, sent by a program) or end in the middle of one;
 * what is pasted between the marks of bracketed paste is one key.
 */
export class KeyDecoder {
  #pending = '';

  /** Whether a lone ESC waits: the Escape key, unless more follows at once. */
  get ambiguous(): boolean {
    return this.#pending === '\x1b';
  }

  push(chunk: string): Key[] {
    const text = this.#pending + chunk;
    this.#pending = '';
    const keys: Key[] = [];
    let at = 0;
    while (at < text.length) {
      const taken = take(text, at);
      if (!taken) {
        this.#pending = text.slice(at);
        break;
      }
      if (taken.key) keys.push(taken.key);
      at += taken.length;
    }
    return keys;
  }

  /** Nothing followed the pending ESC: it was the Escape key. */
  flush(): Key[] {
    if (!this.ambiguous) return [];
    this.#pending = '';
    return [{ kind: 'escape' }];
  }
}

/** The key at `at`, and its length; no key for sequences without a meaning; undefined if the end cuts it off. */
function take(text: string, at: number): { key?: Key; length: number } | undefined {
  const char = text[at] ?? '';
  if (char === '\x1b') return takeEscape(text, at);
  const control = controls[char];
  if (control) {
    const length = text.startsWith('\r\n', at) ? 2 : 1;
    return { key: { kind: control }, length };
  }

  const run = /[^\x00-\x1f\x7f]*/y;
  run.lastIndex = at;
  const plain = run.exec(text)?.[0] ?? '';
  return plain === '' ? { length: 1 } : { key: { kind: 'text', text: plain }, length: plain.length };
}

function takeEscape(text: string, at: number): { key?: Key; length: number } | undefined {
  if (text.startsWith(pasteStart, at)) {
    const end = text.indexOf(pasteEnd, at);
    if (end < 0) return undefined;
    const pasted = text.slice(at + pasteStart.length, end);
    return { key: { kind: 'paste', text: cleanPaste(pasted) }, length: end + pasteEnd.length - at };
  }
  const rest = text.slice(at + 1, at + 32);
  if (rest === '') return undefined;
  if (rest[0] !== '[' && rest[0] !== 'O') {
    const key = metas[rest[0] ?? ''];
    return rest[0] === '\x1b'
      ? { key: { kind: 'escape' }, length: 1 }
      : { ...(key && { key: { kind: key } }), length: 2 };
  }
  const sequence = /^(?:\[([0-9;?]*)([@-~])|O([0-9]?)([A-Za-z]))/.exec(rest);
  // Longer than any key: noise, of which the ESC is dropped.
  if (!sequence) return /^(?:\[[0-9;?]*|O[0-9]?)$/.test(rest) && rest.length < 30 ? undefined : { length: 1 };
  const key = sequenceKey(sequence[1] ?? sequence[3] ?? '', sequence[2] ?? sequence[4] ?? '');
  return { ...(key && { key: { kind: key } }), length: 1 + sequence[0].length };
}

function sequenceKey(parameters: string, final: string): KeyName | undefined {
  const [number = '', modifier] = parameters.split(';');
  const name = sequences[final === '~' ? `${number}~` : final];
  // rxvt writes Ctrl-Left as ESC O d.
  if (final === 'c' || final === 'd') return final === 'c' ? 'wordRight' : 'wordLeft';
  const moved = modifier !== undefined && modifier !== '1' && modifier !== '2';
  if (moved && name === 'left') return 'wordLeft';
  if (moved && name === 'right') return 'wordRight';
  if (moved && name === 'delete') return 'killNextWord';
  return name;
}

/** Pasted text with plain line ends and without control characters, which could do harm on the screen. */
function cleanPaste(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(/[\x00-\x08\x0b-\x1f\x7f]/g, '');
}
