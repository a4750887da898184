/** Lets so much at a time go on, in the order in which it was asked for. */
export class Permits {
  readonly #total: number;
  #free: number;
  readonly #waiting: { weight: number; resume: () => void }[] = [];

  constructor(total: number) {
    this.#total = total;
    this.#free = total;
  }

  /**
   * Resolves when there is room for `weight`; what weighs more than everything goes on alone. The function returned
   * gives the room back and may be called more than once.
   */
  async acquire(weight = 1): Promise<() => void> {
    const taken = Math.min(weight, this.#total);
    await new Promise<void>((resume) => {
      this.#waiting.push({ weight: taken, resume });
      this.#admit();
    });
    let given = false;
    return () => {
      if (given) return;
      given = true;
      this.#free += taken;
      this.#admit();
    };
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next && next.weight <= this.#free; next = this.#waiting[0]) {
      this.#free -= next.weight;
      this.#waiting.shift();
      next.resume();
    }
  }
}
