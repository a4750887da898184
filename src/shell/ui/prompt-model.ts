import { isComplete } from '../complete-input.ts';
import { edit, emptyEditor, onFirstLine, onLastLine, type EditorAction, type EditorState } from './editor.ts';
import type { Key, KeyName } from './keys.ts';

/** One prompt while it is typed at. */
export interface PromptState {
  editor: EditorState;
  /** The history entry that is shown; its length for the text being typed. */
  place: number;
  /** What was typed before the history was gone through. */
  draft: string;
  /** What Ctrl-Y puts back. */
  killed: string;
  undo: EditorState[];
  search: { query: string; match: number } | undefined;
  choices: string[];
  /** Which part of the choices is shown, where they are more than the screen holds; counted on by Tab. */
  page: number;
  /** Ctrl-C on an empty line was pressed: the next one leaves. */
  leaving: boolean;
}

/** What the prompt's owner has to do after a key. */
export type PromptEffect =
  | { kind: 'submit'; text: string }
  | { kind: 'leave' | 'cancel' }
  | { kind: 'complete' | 'suspend' | 'clearScreen' };

export interface PromptContext {
  history: readonly string[];
  /** Enter only begins a new line: `.editor`. */
  multiLine: boolean;
}

export function startPrompt(history: readonly string[], text = ''): PromptState {
  return {
    editor: edit(emptyEditor, { kind: 'insert', text }),
    place: history.length,
    draft: '',
    killed: '',
    undo: [],
    search: undefined,
    choices: [],
    page: 0,
    leaving: false,
  };
}

export interface PromptStep {
  state: PromptState;
  effect?: PromptEffect;
}

/** The prompt after a key. Pure: everything that a key does can be tested without a terminal. */
export function pressKey(before: PromptState, key: Key, context: PromptContext): PromptStep {
  const state = { ...before, choices: [], leaving: false };
  if (state.search) return pressInSearch(state, state.search, key, context);
  switch (key.kind) {
    case 'text':
      return changed(state, { kind: 'insert', text: key.text });
    case 'paste':
      return changed(state, { kind: 'insert', text: trimPaste(state, key.text) });
    case 'enter':
      return context.multiLine || !isComplete(state.editor.text)
        ? changed(state, { kind: 'insert', text: '\n' })
        : { state, effect: { kind: 'submit', text: state.editor.text } };
    case 'newLine':
      return changed(state, { kind: 'insert', text: '\n' });
    case 'tab':
      return before.choices.length > 0
        ? { state: { ...before, page: before.page + 1 } }
        : { state, effect: { kind: 'complete' } };
    case 'interrupt':
      return interrupt(before, context);
    case 'endOfInput':
      if (context.multiLine) return { state, effect: { kind: 'submit', text: state.editor.text } };
      return state.editor.text === ''
        ? { state, effect: { kind: 'leave' } }
        : changed(state, { kind: 'delete' });
    case 'suspend':
    case 'clearScreen':
      return { state, effect: { kind: key.kind } };
    case 'search':
      return { state: { ...state, search: { query: '', match: context.history.length } } };
    case 'up':
      return onFirstLine(state.editor) ? recall(state, -1, context) : moved(state, 'lineUp');
    case 'down':
      return onLastLine(state.editor) ? recall(state, 1, context) : moved(state, 'lineDown');
    case 'older':
      return recall(state, -1, context);
    case 'newer':
      return recall(state, 1, context);
    case 'yank':
      return changed(state, { kind: 'insert', text: state.killed });
    case 'undo':
      return undo(state);
    case 'escape':
      return { state };
    default:
      return pressEditingKey(state, key.kind);
  }
}

type EditingKey = Extract<EditorAction['kind'], KeyName>;

function pressEditingKey(state: PromptState, kind: EditingKey): PromptStep {
  const { text } = state.editor;
  const step = changed(state, { kind });
  if (!kind.startsWith('kill') || step.state.editor.text === text) return step;
  const { cursor } = step.state.editor;
  const killed = text.slice(cursor, cursor + text.length - step.state.editor.text.length);
  return { state: { ...step.state, killed } };
}

function changed(state: PromptState, action: EditorAction): PromptStep {
  const editor = edit(state.editor, action);
  const undo = editor.text === state.editor.text ? state.undo : [...state.undo.slice(-99), state.editor];
  return { state: { ...state, editor, undo } };
}

function moved(state: PromptState, kind: 'lineUp' | 'lineDown'): PromptStep {
  return { state: { ...state, editor: edit(state.editor, { kind }) } };
}

function undo(state: PromptState): PromptStep {
  const editor = state.undo.at(-1);
  return editor ? { state: { ...state, editor, undo: state.undo.slice(0, -1) } } : { state };
}

/** A paste into an empty line brings no empty line at its end: Enter is still to come. */
function trimPaste({ editor }: PromptState, text: string): string {
  return editor.cursor === editor.text.length ? text.replace(/\n+$/, '') : text;
}

function interrupt(before: PromptState, context: PromptContext): PromptStep {
  if (context.multiLine) return { state: before, effect: { kind: 'cancel' } };
  if (before.editor.text !== '') return { state: startPrompt(context.history) };
  return before.leaving
    ? { state: before, effect: { kind: 'leave' } }
    : { state: { ...before, choices: [], leaving: true } };
}

function recall(state: PromptState, step: number, { history }: PromptContext): PromptStep {
  const place = state.place + step;
  if (place < 0 || place > history.length) return { state };
  const draft = state.place === history.length ? state.editor.text : state.draft;
  const text = place === history.length ? draft : (history[place] ?? '');
  return { state: { ...state, place, draft, editor: edit(state.editor, { kind: 'replace', text }) } };
}

function pressInSearch(
  state: PromptState,
  search: { query: string; match: number },
  key: Key,
  context: PromptContext,
): PromptStep {
  const find = (query: string, from: number): PromptStep => {
    const match = query === '' ? context.history.length : lastMatch(context.history, query, from);
    return { state: { ...state, search: { query, match } } };
  };
  switch (key.kind) {
    case 'text':
      return find(search.query + key.text, search.match);
    case 'backspace':
      return find(search.query.slice(0, -1), context.history.length);
    case 'search':
      return find(search.query, search.match - 1);
    case 'escape':
    case 'interrupt':
      return { state: { ...state, search: undefined } };
    default: {
      const found = context.history[search.match];
      const editor =
        found === undefined ? state.editor : edit(state.editor, { kind: 'replace', text: found });
      const place = found === undefined ? state.place : search.match;
      const accepted = { ...state, search: undefined, editor, place, draft: state.editor.text };
      return pressKey(accepted, key, context);
    }
  }
}

/** The newest entry at or before `from` that holds `query`; -1 if none. Upper case counts only if it was typed. */
function lastMatch(history: readonly string[], query: string, from: number): number {
  const fold = query === query.toLowerCase();
  const start = Math.min(from, history.length - 1);
  for (let index = start; index >= 0; index--) {
    const entry = history[index] ?? '';
    if ((fold ? entry.toLowerCase() : entry).includes(query)) return index;
  }
  return -1;
}

/** The prompt with what Tab found: the text they share is typed, several are shown. */
export function showCompletions(state: PromptState, head: string, found: readonly string[]): PromptState {
  const tail = state.editor.text.slice(head.length);
  const shared = commonStart(found);
  const editor =
    shared.length > head.length && shared.startsWith(head)
      ? { text: shared + tail, cursor: shared.length }
      : state.editor;
  return { ...state, editor, choices: found.length > 1 ? [...new Set(found)] : [], page: 0 };
}

/** The longest text that all words begin with. */
export function commonStart(words: readonly string[]): string {
  const [first = '', ...rest] = words;
  let length = first.length;
  for (const word of rest) while (!word.startsWith(first.slice(0, length))) length--;
  return first.slice(0, length);
}
