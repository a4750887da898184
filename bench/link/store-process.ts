import { DirectoryStore } from '../../src/store/directory.ts';
import { serveAsS3 } from '../synthetic/http-server.ts';

/** Serves a directory as S3, in a process of its own so that its CPU time is not taken for that of what is measured. */
const [folder = '', bucket = ''] = process.argv.slice(2);
const server = await serveAsS3(new DirectoryStore(folder), bucket);
process.on('disconnect', () => process.exit(0));
process.send?.({ port: server.port });
