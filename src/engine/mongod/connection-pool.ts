import type { Address } from '../../wire/address.ts';
import { WireConnection } from '../../wire/connection.ts';
import { DocumentBuilder } from '../../bson/builder.ts';
import { numberOf } from '../../bson/access.ts';
import { documentOf, field } from '../../bson/value.ts';

/** A connection and the number by which the server's currentOp knows it. */
export interface PooledConnection {
  wire: WireConnection;
  connectionId: number | undefined;
}

/** Connections kept between commands; one command has one for itself, so that a slow one delays nobody. */
export class ConnectionPool {
  readonly #address: Address;
  readonly #free: PooledConnection[] = [];
  readonly #all = new Set<PooledConnection>();

  constructor(address: Address) {
    this.#address = address;
  }

  async take(): Promise<PooledConnection> {
    for (let free = this.#free.pop(); free; free = this.#free.pop()) {
      if (!free.wire.closed) return free;
      this.#all.delete(free);
    }
    const wire = await WireConnection.open(this.#address);
    const connection = { wire, connectionId: await connectionIdOf(wire) };
    this.#all.add(connection);
    return connection;
  }

  giveBack(connection: PooledConnection): void {
    if (connection.wire.closed) this.#all.delete(connection);
    else this.#free.push(connection);
  }

  close(): void {
    for (const { wire } of this.#all) wire.close();
    this.#all.clear();
    this.#free.length = 0;
  }
}

/** getLastError tells it on every version; hello only since 4.2. */
async function connectionIdOf(wire: WireConnection): Promise<number | undefined> {
  const reply = await wire.command('admin', new DocumentBuilder().int('getLastError', 1).finish().slice());
  return numberOf(field(documentOf(reply), 'connectionId'));
}
