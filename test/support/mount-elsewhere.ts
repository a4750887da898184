import { manifestOf } from '../../src/mount/manifest.ts';
import { startMount } from '../../src/mount/mount.ts';
import { createRunDirectory } from '../../src/mount/run-directory.ts';
import { Catalog } from '../../src/catalog/catalog.ts';
import { DirectoryStore } from '../../src/store/directory.ts';

/** A program that mounts one backup and waits to be killed: `mount-elsewhere.ts STORE REPLICA BACKUP PARENT`. */
const [url = '', replica = '', id = '', parent = ''] = process.argv.slice(2);
const backup = await new Catalog(new DirectoryStore(url)).loadBackup(replica, id);
const { mountpoint } = await createRunDirectory(parent);
await startMount({ mountpoint, files: manifestOf(backup), store: { url, options: {} }, cache: {} });
process.stdout.write(`${mountpoint}\n`);
setInterval(() => undefined, 60_000);
