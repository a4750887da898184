/** What of a connection must be known here. */
interface Sender {
  close(): void;
}

/**
 * Bytes of unfinished or waiting requests over all connections. Above the limit the connection goes that holds the most of them,
 * so that one with a small request is never sent away for what others hold.
 */
export class PendingBytes {
  readonly #limit: number;
  readonly #held = new Map<Sender, number>();
  #total = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Says how many bytes a connection holds now; 0 for one that is closed. */
  account(sender: Sender, bytes: number): void {
    this.#total += bytes - (this.#held.get(sender) ?? 0);
    if (bytes === 0) this.#held.delete(sender);
    else this.#held.set(sender, bytes);
    if (this.#total > this.#limit) this.#closeLargest();
  }

  #closeLargest(): void {
    let largest: Sender | undefined;
    let most = 0;
    for (const [sender, bytes] of this.#held) {
      if (bytes > most) [largest, most] = [sender, bytes];
    }
    if (largest === undefined) return;
    this.#total -= most;
    this.#held.delete(largest);
    largest.close();
  }
}
