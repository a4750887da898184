import { openMongodEngine } from '../../src/engine/mongod/mongod-engine.ts';

/** A program that opens a checkpoint on mongod and waits to be killed: `mongod-elsewhere.ts MONGOD CHECKPOINT SCRATCH`. */
const [mongod = '', checkpoint = '', scratch = ''] = process.argv.slice(2);
await openMongodEngine({ mongod, checkpoint, scratch });
process.stdout.write('open\n');
setInterval(() => undefined, 60_000);
