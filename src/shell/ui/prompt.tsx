import { useState, type ReactNode } from 'react';
import { Box, Text, useInput } from 'ink';
import { isComplete } from '../complete-input.ts';
import { edit, emptyEditor, type EditorState } from './editor.ts';
import { keyAction } from './keys.ts';

export interface PromptProps {
  label: string;
  history: readonly string[];
  /** Completions of the text before the cursor: whole texts to replace it by. */
  complete: (text: string) => Promise<string[]>;
  /** The input when Enter ends it; undefined for Ctrl-D on an empty line. */
  onSubmit: (input: string | undefined) => void;
  /** Ctrl-C; `empty` if there was nothing to throw away. */
  onInterrupt: (empty: boolean) => void;
}

/** One input being typed, over as many lines as it takes. */
export function Prompt({ label, history, complete, onSubmit, onInterrupt }: PromptProps): ReactNode {
  const [state, setState] = useState<EditorState>(emptyEditor);
  const [place, setPlace] = useState(history.length);
  const [choices, setChoices] = useState<string[]>([]);
  const [done, setDone] = useState(false);

  const finish = (input: string | undefined): void => {
    setChoices([]);
    setDone(true);
    setState((now) => ({ ...now, cursor: now.text.length }));
    onSubmit(input);
  };
  const recall = (step: number): void => {
    const next = place + step;
    if (next < 0 || next > history.length) return;
    setPlace(next);
    setState((now) => edit(now, { kind: 'replace', text: history[next] ?? '' }));
  };
  const tab = async (): Promise<void> => {
    const head = state.text.slice(0, state.cursor);
    const found = await complete(head);
    const shared = commonStart(found);
    if (shared.length > head.length)
      setState((now) =>
        edit(edit({ text: now.text.slice(head.length), cursor: 0 }, { kind: 'insert', text: shared }), {
          kind: 'end',
        }),
      );
    setChoices(found.length > 1 ? found : []);
  };

  useInput(
    (input, key) => {
      setChoices([]);
      if (key.ctrl && input === 'c') {
        onInterrupt(state.text === '');
        setState(emptyEditor);
        setPlace(history.length);
      } else if (key.ctrl && input === 'd' && state.text === '') finish(undefined);
      else if (key.return) {
        if (isComplete(state.text)) finish(state.text);
        else setState((now) => edit(now, { kind: 'insert', text: '\n' }));
      } else if (key.upArrow || (key.ctrl && input === 'p')) recall(-1);
      else if (key.downArrow || (key.ctrl && input === 'n')) recall(1);
      else if (key.tab) void tab();
      else {
        const action = keyAction(input, key);
        if (action) setState((now) => edit(now, action));
      }
    },
    { isActive: !done },
  );

  return (
    <Box flexDirection="column">
      <Text>
        <Text color="green">{label}</Text>
        <Text>{withCursor(state, done)}</Text>
      </Text>
      {choices.length > 0 && <Text dimColor>{choices.slice(0, 60).join('  ')}</Text>}
    </Box>
  );
}

/** The text with the cursor shown in reverse video, as Ink hides the terminal's own. */
function withCursor({ text, cursor }: EditorState, done: boolean): ReactNode {
  if (done) return text;
  const under = text.slice(cursor, cursor + 1);
  return (
    <>
      {text.slice(0, cursor)}
      <Text inverse>{under === '' || under === '\n' ? ' ' : under}</Text>
      {under === '\n' ? text.slice(cursor) : text.slice(cursor + 1)}
    </>
  );
}

/** The longest text that all words begin with. */
export function commonStart(words: readonly string[]): string {
  const [first = '', ...rest] = words;
  let length = first.length;
  for (const word of rest) while (!word.startsWith(first.slice(0, length))) length--;
  return first.slice(0, length);
}
