import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const root = path.join(import.meta.dirname, '..');

it('docs/errors.md lists every error code with the solution text of the source', () => {
  const source = readFileSync(path.join(root, 'src/base/error-codes.ts'), 'utf8');
  const expected = [...source.matchAll(/\/\*\* (.*?) \*\/\n\s+(\w+): '([A-Z]+-\d+)'/g)].map(
    ([, text = '', , code = '']) => `| ${code} | ${text} |`,
  );
  const codes = source.match(/'[A-Z]+-\d{3}'/g) ?? [];
  expect(expected.length).toBe(codes.length);
  const doc = readFileSync(path.join(root, 'docs/errors.md'), 'utf8');
  const rows = doc.split('\n').filter((line) => /^\| [A-Z]+-\d+/.test(line));
  expect(rows).toEqual(expected);
});
