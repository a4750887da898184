import { expect, it } from 'vitest';
import { splitInputs } from './statements.ts';

it.each([
  ['a()\nb()', ['a()', 'b()']],
  ['a(); b()\nc()', ['a(); b()', 'c()']],
  ['use app\ndb.x.find({\n a: 1\n})\nit', ['use app', 'db.x.find({\n a: 1\n})', 'it']],
  ['db.users\n  .find()\n  .limit(1)', ['db.users\n  .find()\n  .limit(1)']],
  ['use app\ndb.users\n  .find()', ['use app', 'db.users\n  .find()']],
  ['cb 1\n\n\ncb 2\n', ['cb 1', 'cb 2']],
])('%j is %j', (text, inputs) => expect(splitInputs(text)).toEqual(inputs));
