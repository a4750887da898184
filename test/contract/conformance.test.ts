import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { loadCases } from '../conformance/case.ts';
import { runCases } from '../conformance/suite.ts';
import { thorough } from '../support/runs.ts';

/** The ids that docs/semantics.md lists with a reason: lines of its table that begin with an id in backquotes. */
function listedIds(): Set<string> {
  const text = readFileSync(path.join(import.meta.dirname, '../../docs/semantics.md'), 'utf8');
  return new Set([...text.matchAll(/^\| `([a-z-]+\/[^`]+)`/gm)].map((match) => match[1]!));
}

it(
  'answers the public corpus as mongod 3.4 does, but for what docs/semantics.md lists',
  { timeout: 300_000 },
  async () => {
    const listed = listedIds();
    const failed: string[] = [];
    let passed = 0;
    // Cases are independent of each other; every third is of all families.
    const cases = loadCases().filter((_, i) => thorough || i % 3 === 0);
    for await (const { one, kind, reason } of runCases(cases)) {
      if (kind === 'passed') passed++;
      if (kind === 'failed' && !listed.has(one.id)) failed.push(`${one.id}: ${reason?.split('\n')[0]}`);
    }
    expect(failed).toEqual([]);
    expect(passed).toBeGreaterThan(thorough ? 1500 : 450);
    expect(listed.size).toBeLessThanOrEqual(10);
  },
);
