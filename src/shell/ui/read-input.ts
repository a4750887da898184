import stringWidth from 'string-width';
import { clearScreen, styled } from '../style.ts';
import type { History } from './history.ts';
import { inColumns, layOut, window, type Layout } from './layout.ts';
import {
  pressKey,
  showCompletions,
  startPrompt,
  type PromptEffect,
  type PromptState,
} from './prompt-model.ts';
import { PromptScreen } from './prompt-screen.tsx';
import type { TerminalInput } from './terminal-input.ts';

export interface PromptOptions {
  /** Shown dim before the place, where there is room: the backup's time. */
  time: string | undefined;
  /** `rs0-a/812 app> `. */
  place: string;
  colors: boolean;
  /** Enter only begins a new line, Ctrl-D ends: `.editor`. */
  multiLine: boolean;
  history: History;
  /** Completions of the text before the cursor: whole texts to replace it by. `signal` is aborted by Ctrl-C. */
  complete: (head: string, signal: AbortSignal) => Promise<string[]>;
}

/** The text, or that the user leaves the shell, or gives up what `.editor` began. */
export type PromptResult = { kind: 'submit'; text: string } | { kind: 'leave' | 'cancel' };

/** Before the further lines of an input; the editor's lines have nothing before them, so that they can be copied. */
function continuationOf({ multiLine }: PromptOptions): string {
  return multiLine ? '' : '... ';
}

/** Completing that takes less time than this is not commented on. */
const patienceMs = 500;

/** Room for the text beside a label; with less, the label is cut to `> `. */
const leastText = 20;

/** Reads one input on the terminal. What was typed stays there, as if it had been printed. */
export async function readInput(
  input: TerminalInput,
  terminal: NodeJS.WriteStream,
  options: PromptOptions,
): Promise<PromptResult> {
  const screen = new PromptScreen(terminal);
  let state = startPrompt(options.history.entries);
  const draw = (note?: string): void => screen.show(frame(state, terminal, options, note));
  const onResize = (): void => {
    screen.clearResized();
    draw();
  };
  terminal.on('resize', onResize);
  try {
    for (;;) {
      // Keys that wait are taken first: what was typed ahead needs no drawing in between.
      const key = await input.next(() => draw());
      if (!key) return { kind: 'leave' };
      if (key.kind === 'search') await options.history.refresh();
      const context = { history: options.history.entries, multiLine: options.multiLine };
      const step = pressKey(state, key, context);
      state = step.state;
      if (!step.effect) continue;
      const result = await act(step.effect);
      if (result) return result;
    }
  } finally {
    terminal.off('resize', onResize);
    screen.clear();
    terminal.write(`${finalText(state, terminal, options)}\n`);
  }

  /** What fits may have to be fetched, from a store that does not answer. */
  async function complete(): Promise<void> {
    const head = state.editor.text.slice(0, state.editor.cursor);
    if (head.trim() === '') {
      state = { ...state, editor: insertTab(state) };
      return;
    }
    draw();
    const late = setTimeout(() => draw('looking for what fits (Ctrl-C stops)'), patienceMs);
    const stop = new AbortController();
    const found = await input.untilInterrupt(options.complete(head, stop.signal).catch(() => []));
    clearTimeout(late);
    if (found) state = showCompletions(state, head, found);
    else stop.abort();
  }

  async function act(effect: PromptEffect): Promise<PromptResult | undefined> {
    switch (effect.kind) {
      case 'complete':
        await complete();
        return undefined;
      case 'clearScreen':
        screen.clear();
        terminal.write(clearScreen);
        return undefined;
      case 'suspend':
        screen.clear();
        await input.suspend();
        return undefined;
      default:
        return effect;
    }
  }
}

function insertTab({ editor: { text, cursor } }: PromptState): PromptState['editor'] {
  return { text: `${text.slice(0, cursor)}  ${text.slice(cursor)}`, cursor: cursor + 2 };
}

/** What the prompt looks like now, below the screen's height. */
function frame(
  state: PromptState,
  terminal: NodeJS.WriteStream,
  options: PromptOptions,
  note?: string,
): Layout {
  const { columns, rows } = terminal;
  const { editor, search } = state;
  const below = footer(state, terminal, options, note);
  if (search) {
    const found = options.history.entries[search.match] ?? '';
    const label = `(${search.query !== '' && found === '' ? 'nothing found' : 'search'}) ${search.query}`;
    const { rows: shown } = layOut(found, 0, {
      columns,
      indent: 0,
      continuation: continuationOf(options),
    });
    return {
      rows: [label.slice(0, columns - 1), ...shown.slice(0, Math.max(1, rows - 3))],
      cursor: { x: Math.min(stringWidth(label), columns - 1), y: 0 },
    };
  }
  const label = labelOf(options, columns);
  const all = layOut(editor.text, editor.cursor, {
    columns,
    indent: label.width,
    continuation: continuationOf(options),
  });
  all.rows[0] = label.text + (all.rows[0] ?? '');
  if (all.before !== undefined && all.cursor.y === 0) all.before = label.text + all.before;
  const shown = window(all, Math.max(1, rows - 2 - below.length));
  return { ...shown, rows: [...shown.rows, ...below] };
}

/** What stands below the text for the moment. */
function footer(
  { editor, choices, page, leaving }: PromptState,
  { columns, rows }: NodeJS.WriteStream,
  options: PromptOptions,
  note = leaving ? '(press Ctrl-C again to leave, or type exit)' : undefined,
): string[] {
  if (note !== undefined) return [styled(note.slice(0, columns), 'dim', options.colors)];
  const head = editor.text.slice(0, editor.cursor);
  const common = /[^\s.([{,]*$/.exec(head)?.index ?? 0;
  const words = choices.map((choice) => choice.slice(common));
  return inColumns(words, columns, Math.max(1, rows - 4), page).map((row) =>
    styled(row, 'dim', options.colors),
  );
}

/** The text as it stays in the scrollback. */
function finalText({ editor }: PromptState, terminal: NodeJS.WriteStream, options: PromptOptions): string {
  const lines = editor.text.split('\n').join(`\n${continuationOf(options)}`);
  return labelOf(options, terminal.columns).text + lines;
}

function labelOf({ time, place, colors }: PromptOptions, columns: number): { text: string; width: number } {
  const [timed, plain] = [time === undefined ? '' : `${time} `, place];
  const room = columns - leastText;
  if (timed !== '' && stringWidth(timed + plain) <= room)
    return {
      text: styled(timed, 'dim', colors) + styled(plain, 'place', colors),
      width: stringWidth(timed + plain),
    };
  const short = stringWidth(plain) <= room ? plain : '> ';
  return { text: styled(short, 'place', colors), width: stringWidth(short) };
}
