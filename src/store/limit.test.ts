import { describe, expect, it } from 'vitest';
import { Slots } from './limit.ts';
import type { Priority } from './object-store.ts';

/** Work that ends when it is told to, and what has begun so far. */
function gatedWork() {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const work = (name: string) => () => {
    begun.push(name);
    return new Promise<void>((resolve) => ends.set(name, resolve));
  };
  const end = async (name: string) => {
    ends.get(name)?.();
    for (let i = 0; i < 5; i++) await Promise.resolve();
  };
  return { begun, work, end };
}

describe('slots', () => {
  it('run no more at a time than there are', async () => {
    const slots = new Slots(3);
    const { begun, work, end } = gatedWork();
    const all = ['a', 'b', 'c', 'd', 'e'].map((name) => slots.run(work(name)));
    await end('');
    expect(begun).toEqual(['a', 'b', 'c']);
    await end('b');
    expect(begun).toEqual(['a', 'b', 'c', 'd']);
    for (const name of ['a', 'c', 'd', 'e']) await end(name);
    await Promise.all(all);
  });

  it('start what is demanded before what is read ahead, and keep room for it', async () => {
    const slots = new Slots(4);
    const { begun, work, end } = gatedWork();
    for (const name of ['a1', 'a2', 'a3', 'a4', 'a5']) void slots.run(work(name), { priority: 'ahead' });
    await end('');
    expect(begun).toEqual(['a1', 'a2', 'a3']);
    for (const name of ['d1', 'd2', 'd3']) void slots.run(work(name));
    await end('');
    expect(begun).toEqual(['a1', 'a2', 'a3', 'd1']);
    await end('a1');
    expect(begun).toEqual(['a1', 'a2', 'a3', 'd1', 'd2']);
    await end('d1');
    await end('d2');
    expect(begun.slice(5)).toEqual(['d3']);
    await end('d3');
    expect(begun.slice(6)).toEqual(['a4']);
  });

  it('ask for the priority again when a slot gets free', async () => {
    const slots = new Slots(1);
    const { begun, work, end } = gatedWork();
    let priority: Priority = 'ahead';
    void slots.run(work('first'));
    void slots.run(work('other'), { priority: 'ahead' });
    void slots.run(work('joined'), { priority: () => priority });
    await end('');
    priority = 'demand';
    await end('first');
    expect(begun).toEqual(['first', 'joined']);
  });

  it('let go of what is aborted while it waits, and of what fails', async () => {
    const slots = new Slots(1);
    const { begun, work, end } = gatedWork();
    const reason = new Error('enough');
    const controller = new AbortController();
    const first = slots.run(() => Promise.reject(new Error('failed')));
    const second = slots.run(work('second'));
    const third = slots.run(work('third'), { signal: controller.signal });
    void slots.run(work('fourth'));
    await expect(first).rejects.toThrow('failed');
    controller.abort(reason);
    await expect(third).rejects.toBe(reason);
    await end('second');
    await second;
    expect(begun).toEqual(['second', 'fourth']);
  });
});
