/**
 * A heap that gives the entry of the highest priority first, and among equals the same one that the C++ library's
 * `priority_queue` of GCC gives: which cells cover a shape depends on it.
 */
export class PriorityQueue<T> {
  readonly #heap: { priority: number; item: T }[] = [];

  get size(): number {
    return this.#heap.length;
  }

  push(priority: number, item: T): void {
    this.#heap.push({ priority, item });
    this.#rise(this.#heap.length - 1, { priority, item });
  }

  pop(): T | undefined {
    const [top] = this.#heap;
    const last = this.#heap.pop();
    if (top === undefined || last === undefined || top === last) return top?.item;
    const { length } = this.#heap;
    // The hole sinks to the bottom first, then what was last rises from there.
    let hole = 0;
    while (2 * hole + 2 < length) {
      const right = 2 * hole + 2;
      const child = this.#priority(right) < this.#priority(right - 1) ? right - 1 : right;
      this.#move(child, hole);
      hole = child;
    }
    if (2 * hole + 1 < length) {
      this.#move(2 * hole + 1, hole);
      hole = 2 * hole + 1;
    }
    this.#rise(hole, last);
    return top.item;
  }

  #rise(from: number, entry: { priority: number; item: T }): void {
    let hole = from;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (this.#priority(parent) >= entry.priority) break;
      this.#move(parent, hole);
      hole = parent;
    }
    this.#heap[hole] = entry;
  }

  #priority(at: number): number {
    return this.#heap[at]?.priority ?? 0;
  }

  #move(from: number, to: number): void {
    this.#heap[to] = this.#heap[from] as { priority: number; item: T };
  }
}
