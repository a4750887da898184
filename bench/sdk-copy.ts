/**
 * The least that a program can do which copies with the AWS SDK: one listing, all files at once, no checks, no lease,
 * nothing made durable; the SDK is loaded as mongoq loads it, compiled ahead (the first argument), with mongoq's HTTP. Run
 * by bench/operations.ts, bundled, with `get BUCKET FOLDER KEY...` or `put BUCKET FOLDER PREFIX`.
 */
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { loadCompiled } from '../src/base/load-compiled.ts';
import { FileStream } from '../src/store/file-stream.ts';
import { HttpHandler } from '../src/store/http/handler.ts';
import type * as Sdk from '../src/store/sdk.ts';

const [compiled = '', operation, Bucket, folder = '', ...rest] = process.argv.slice(2);
const { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } = loadCompiled(compiled)
  .exports as typeof Sdk;
const { AWS_ENDPOINT_URL_S3, AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '' } = process.env;
const client = new S3Client({
  endpoint: AWS_ENDPOINT_URL_S3 ?? '',
  forcePathStyle: true,
  region: 'us-east-1',
  credentials: { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY },
  requestChecksumCalculation: 'WHEN_REQUIRED',
  responseChecksumValidation: 'WHEN_REQUIRED',
  requestHandler: new HttpHandler({ connectMs: 5000, idleMs: 60_000 }),
});

async function get(key: string): Promise<void> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: key }));
  await pipeline(Body as Readable, createWriteStream(path.join(folder, path.basename(key))));
}

async function put(prefix: string, name: string): Promise<void> {
  const file = path.join(folder, name);
  const { size } = await stat(file);
  const Body = new FileStream({ file, size });
  await client.send(new PutObjectCommand({ Bucket, Key: prefix + name, Body, ContentLength: size }));
}

const [first = ''] = rest;
await client.send(
  new ListObjectsV2Command({ Bucket, Prefix: operation === 'get' ? path.dirname(first) : first }),
);
if (operation === 'get') {
  await mkdir(folder, { recursive: true });
  await Promise.all(rest.map(get));
} else await Promise.all((await readdir(folder)).map((name) => put(first, name)));
process.exit(0);
