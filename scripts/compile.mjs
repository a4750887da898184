// Packages that take long to load are bundled by themselves and compiled by V8 when mongoq is built: their functions are called once,
// and what V8 made of them is stored beside the bundle. A module of src/ that only re-exports a package stands for it.
import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { build } from 'esbuild';

/** By module: how to call what is called at every start. */
const compiled = { 'src/store/sdk.ts': callSdk };

/** Compiles into dist/compiled/; returns esbuild's plugin that puts loaders in the modules' places, and what was read and made. */
export async function compilePackages(options) {
  const { loadCompiled } = await importSource('src/base/load-compiled.ts');
  const made = [];
  const inputs = [];
  const exportsOf = new Map();
  for (const [module, call] of Object.entries(compiled)) {
    const file = path.resolve('dist/compiled', `${path.basename(module, '.ts')}.cjs`);
    const { metafile } = await build({ ...options, entryPoints: [module], outfile: file, format: 'cjs' });
    await rm(`${file}.cache`, { force: true });
    const { exports, script } = loadCompiled(file);
    await call(exports);
    await writeFile(`${file}.new`, script.createCachedData());
    await rename(`${file}.new`, `${file}.cache`);
    exportsOf.set(path.resolve(module), { file, names: Object.keys(exports) });
    made.push(...[file, `${file}.map`, `${file}.cache`].map((each) => path.relative('.', each)));
    inputs.push(...Object.keys(metafile.inputs));
  }
  const plugin = {
    name: 'compiled',
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, ({ path: module }) => {
        const found = exportsOf.get(module);
        if (!found) return undefined;
        const { file, names } = found;
        const contents = `
          import { compiledFile } from '../base/entry.ts';
          import { loadCompiled } from '../base/load-compiled.ts';
          export const { ${names.join(', ')} } = loadCompiled(compiledFile(${JSON.stringify(path.basename(file))})).exports;`;
        return { contents, loader: 'ts', resolveDir: path.dirname(module) };
      });
    },
  };
  return { plugin, made, inputs };
}

/** A module of src/ that the build itself uses. */
async function importSource(file) {
  const { outputFiles } = await build({ entryPoints: [file], format: 'esm', platform: 'node', write: false });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}

/** Each kind of request once, answered by nobody. */
async function callSdk(sdk) {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  const answers = {
    GET: 'bytes',
    PUT: '',
    HEAD: '',
    LIST: '<ListBucketResult><Name>b</Name><Contents><Key>k</Key><Size>1</Size></Contents></ListBucketResult>',
  };
  const handle = ({ method, query }) => {
    const body = answers[query['list-type'] ? 'LIST' : method];
    const headers = {
      etag: '"tag"',
      'content-length': String(body.length),
      'last-modified': new Date(0).toUTCString(),
    };
    return Promise.resolve({
      response: { statusCode: 200, headers, body: Readable.from([Buffer.from(body)]) },
    });
  };
  const client = new sdk.S3Client({
    endpoint: 'http://127.0.0.1:1',
    forcePathStyle: true,
    region: 'us-east-1',
    credentials: { accessKeyId: 'nobody', secretAccessKey: 'nothing' },
    requestHandler: { handle, httpHandlerConfigs: () => ({}), updateHttpClientConfig: () => undefined },
  });
  const object = { Bucket: 'b', Key: 'k' };
  const answer = await client.send(new sdk.GetObjectCommand({ ...object, Range: 'bytes=0-4' }));
  for await (const piece of answer.Body) piece.toString();
  await client.send(new sdk.PutObjectCommand({ ...object, Body: Buffer.from('bytes'), IfMatch: 'tag' }));
  await client.send(new sdk.HeadObjectCommand(object));
  await client.send(new sdk.ListObjectsV2Command({ Bucket: 'b', Prefix: 'k', EncodingType: 'url' }));
}
