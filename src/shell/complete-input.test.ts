import { expect, it } from 'vitest';
import { isComplete } from './complete-input.ts';

it.each([
  'db.x.find({',
  'a(1',
  'a(1,\n2',
  '[1,',
  '`abc',
  '/* x',
  'if (x) {',
  'db.x.find({a: 1}',
  'a(`${',
  'await x({',
  'a =>',
])('waits for more after %j', (text) => expect(isComplete(text)).toBe(false));

it.each([
  '',
  'show dbs',
  'a(1)',
  'db.x.find({a: 1} b',
  'a)',
  '"abc',
  'use données',
  '`a\nb`',
  'await x()',
  'cb 2017-03-01 14:30',
])('takes %j as it is', (text) => expect(isComplete(text)).toBe(true));
