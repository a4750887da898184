import { expect, it } from 'vitest';
import type { Key, KeyName } from './keys.ts';
import { pressKey, showCompletions, startPrompt, type PromptStep } from './prompt-model.ts';

const history = ['lr', 'db.users.find()', 'db.Orders.find()'];

/** The prompt after keys: names of keys, or text after an `=`. */
function press(names: string[], multiLine = false): PromptStep {
  const context = { history, multiLine };
  let step: PromptStep = { state: startPrompt(history) };
  for (const name of names) {
    const key: Key = name.startsWith('=') ? { kind: 'text', text: name.slice(1) } : { kind: name as KeyName };
    step = pressKey(step.state, key, context);
  }
  return step;
}

it.each<[string[], string]>([
  [['up'], 'db.Orders.find()'],
  [['up', 'up', 'up', 'up'], 'lr'],
  [['=draft', 'up', 'down'], 'draft'],
  [['=a {', 'newLine', '=b', 'up', '=x'], 'ax {\nb'],
  [['=if (x) {', 'enter', '=y'], 'if (x) {\ny'],
  [['search', '=USERS', 'escape'], ''],
  [['search', '=orders', 'end'], 'db.Orders.find()'],
  [['search', '=find', 'search', 'end'], 'db.users.find()'],
  [['=a b', 'killWord', 'yank', 'yank'], 'a bb'],
  [['=a', '=b', 'undo'], 'a'],
  [['=a', 'interrupt'], ''],
])('%j leaves %j in the prompt', (names, text) => {
  expect(press(names).state.editor.text).toBe(text);
});

it.each<[string[], boolean, PromptStep['effect']]>([
  [['=lr', 'enter'], false, { kind: 'submit', text: 'lr' }],
  [['=f(', 'enter'], false, undefined],
  [['search', '=users', 'enter'], false, { kind: 'submit', text: 'db.users.find()' }],
  [['=lr', 'enter'], true, undefined],
  [['=lr', 'endOfInput'], true, { kind: 'submit', text: 'lr' }],
  [['=lr', 'endOfInput'], false, undefined],
  [['endOfInput'], false, { kind: 'leave' }],
  [['interrupt'], false, undefined],
  [['interrupt', 'interrupt'], false, { kind: 'leave' }],
  [['interrupt', '=a', 'interrupt'], false, undefined],
  [['=a', 'interrupt'], true, { kind: 'cancel' }],
])('%j (many lines: %j) asks for %j', (names, multiLine, effect) => {
  expect(press(names, multiLine).effect).toEqual(effect);
});

it('types what completions share and shows several', () => {
  const state = startPrompt([], 'db.us');
  expect(showCompletions(state, 'db.us', ['db.users'])).toMatchObject({
    editor: { text: 'db.users', cursor: 8 },
    choices: [],
  });
  expect(showCompletions(state, 'db.us', ['db.usersA', 'db.usersB'])).toMatchObject({
    editor: { text: 'db.users' },
    choices: ['db.usersA', 'db.usersB'],
  });
  expect(showCompletions(state, 'db.us', []).editor.text).toBe('db.us');
});
