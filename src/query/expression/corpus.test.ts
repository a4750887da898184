import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringOf } from '../../bson/access.ts';
import { DocumentBuilder } from '../../bson/builder.ts';
import { fromEjson, toEjson } from '../../bson/ejson.ts';
import { documentOf, elements, field, items, type Value } from '../../bson/value.ts';
import { CommandError } from '../errors.ts';
import { compileExpression, createScope } from './parse.ts';
import { Variables } from './variables.ts';

// The cases of the corpus that are one $project over the one document of types.whole, without the stage around it.

const file = path.join(import.meta.dirname, '../../../test/fixtures/conformance/agg-expr.jsonl');
const cases = readFileSync(file, 'utf8').trim().split('\n').map(fromEjson);

/** Errors that are $project's own. */
const ofTheStage = new Set(['agg-expr/unknown-006', 'agg-expr/unknown-009']);

function text(document: Value, name: string): string | undefined {
  const value = field(document, name);
  return value === undefined ? undefined : stringOf(value);
}

function required(document: Value | undefined, name: string): Value {
  const value = document === undefined ? undefined : field(document, name);
  if (value === undefined) throw new Error(`no ${name}`);
  return value;
}

function first(array: Value): Value {
  const [item] = items(array);
  if (item === undefined) throw new Error('an empty array');
  return item;
}

function commandOf(testCase: Value): Value {
  const bytes = text(testCase, 'commandBson');
  return bytes === undefined ? required(testCase, 'command') : documentOf(Buffer.from(bytes, 'base64'));
}

function projectOf(testCase: Value): Value | undefined {
  const command = commandOf(testCase);
  const stages = [...items(required(command, 'pipeline'))];
  const project = stages[0] === undefined ? undefined : field(stages[0], '$project');
  return stages.length === 1 && text(command, 'aggregate') === 'whole' ? project : undefined;
}

const rootCase = cases.find((testCase) => text(testCase, 'id') === 'agg-expr/unknown-017');
const whole = required(first(required(rootCase, 'reply')), 'r');

function project(specification: Value): Value {
  const scope = createScope(undefined);
  const variables = new Variables(whole);
  const builder = new DocumentBuilder();
  for (const { name, value } of elements(specification)) {
    if (name === '_id') continue;
    const result = compileExpression(value, scope).evaluate(variables);
    if (result !== undefined) builder.append(name, result);
  }
  return builder.finish();
}

/** Doubles with fewer digits where the case allows a tolerance. */
function rounded(ejson: string, tolerant: boolean): string {
  if (!tolerant) return ejson;
  return ejson.replace(/("\$numberDouble":\s*")([^"]+)/g, (_, head: string, number: string) => {
    return `${head}${Number(number).toPrecision(12)}`;
  });
}

const usable = cases.flatMap((testCase) => {
  const id = text(testCase, 'id') ?? '';
  const specification = projectOf(testCase);
  return specification === undefined || ofTheStage.has(id) ? [] : [{ id, testCase, specification }];
});

describe('the expressions of the conformance corpus', () => {
  it.each(usable)('$id', ({ testCase, specification }) => {
    const reply = required(testCase, 'reply');
    const tolerant = field(testCase, 'tolerance') !== undefined;
    let got: string;
    let wanted: string;
    try {
      got = toEjson(project(specification));
      wanted = reply.isArray() ? toEjson(first(reply)) : toEjson(reply);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      const wrapped = new DocumentBuilder().int('code', error.code ?? 0).string('errmsg', error.message);
      got = toEjson(wrapped.finish());
      wanted = toEjson(
        new DocumentBuilder()
          .append('code', required(reply, 'code'))
          .append('errmsg', required(reply, 'errmsg'))
          .finish(),
      );
    }
    expect(rounded(got, tolerant)).toBe(rounded(wanted, tolerant));
  });
});
