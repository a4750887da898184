import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { Answer } from './connection.ts';
import { HttpHandler } from './handler.ts';
import type { SignedRequest } from './request-head.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

interface Server {
  /** A request to it. */
  request: SignedRequest;
  /** All that came, per connection. */
  received: string[];
}

/** A server that is told what to do with each request: a piece of text that ends with an empty line. */
async function serverThat(answer: (socket: Socket, request: string, count: number) => void): Promise<Server> {
  const received: string[] = [];
  let count = 0;
  const server = net.createServer((socket) => {
    const index = received.push('') - 1;
    let text = '';
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      received[index] = (received[index] ?? '') + bytes.toString('latin1');
      text += bytes.toString('latin1');
      for (let at = text.indexOf('\r\n\r\n'); at >= 0; at = text.indexOf('\r\n\r\n')) {
        answer(socket, text.slice(0, at), ++count);
        text = text.slice(at + 4);
      }
    });
    ends.push(() => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  const request = {
    method: 'GET',
    protocol: 'http:',
    hostname: '127.0.0.1',
    port,
    path: '/b/k',
    headers: { host: 'h' },
  };
  return { request, received };
}

function handler(idleMs = 5000): HttpHandler {
  const made = new HttpHandler({ connectMs: 5000, idleMs });
  ends.push(() => made.destroy());
  return made;
}

async function ask(by: HttpHandler, request: SignedRequest, signal?: AbortSignal): Promise<Answer> {
  return (await by.handle(request, signal ? { abortSignal: signal } : {})).response;
}

/** The body, handed on as it comes, in rooms of so many bytes (0: none). */
async function drained({ body }: Answer, roomBytes: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  const room = Buffer.alloc(roomBytes);
  await body.drain(
    (bytes) => {
      pieces.push(Buffer.from(bytes));
      bytes.fill(0);
    },
    roomBytes > 0 ? () => room : undefined,
  );
  return Buffer.concat(pieces);
}

async function streamed({ body }: Answer): Promise<Buffer> {
  return Buffer.concat((await body.toArray()) as Buffer[]);
}

const encodings = {
  length: (body: Buffer) => [`content-length: ${body.length}\r\n\r\n`, body],
  chunks: (body: Buffer) => {
    const [a, b] = [body.subarray(0, body.length >> 1), body.subarray(body.length >> 1)];
    const chunk = (bytes: Buffer): (string | Buffer)[] =>
      bytes.length === 0 ? [] : [`${bytes.length.toString(16)}\r\n`, bytes, '\r\n'];
    return ['transfer-encoding: chunked\r\n\r\n', ...chunk(a), ...chunk(b), '0\r\n\r\n'];
  },
  close: (body: Buffer) => ['connection: close\r\n\r\n', body],
};

describe('an answer', () => {
  it('arrives whole, however it is sent, cut and read', async () => {
    const plan = fc.record({
      encoding: fc.constantFrom(...(['length', 'chunks', 'close'] as const)),
      body: fc.uint8Array({ maxLength: 3000 }),
      cuts: fc.array(fc.nat(3200), { maxLength: 4 }),
      reading: fc.constantFrom(-1, 0, 1, 7, 1000, 4000),
    });
    let sending: Buffer[] = [];
    let closes = false;
    const { request } = await serverThat((socket) => {
      const [pieces, ending] = [sending, closes];
      void (async () => {
        for (const piece of pieces) {
          socket.write(piece);
          await new Promise((resolve) => setImmediate(resolve));
        }
        if (ending) socket.end();
      })();
    });
    const by = handler();
    await fc.assert(
      fc.asyncProperty(plan, async ({ encoding, body, cuts, reading }) => {
        const parts = encodings[encoding](Buffer.from(body)).map((part) => Buffer.from(part));
        const all = Buffer.concat([Buffer.from('HTTP/1.1 206 Partial Content\r\nETag: "x"\r\n'), ...parts]);
        const places = [0, ...cuts.filter((cut) => cut < all.length).sort((a, b) => a - b), all.length];
        sending = places.slice(1).map((end, i) => all.subarray(places[i], end));
        closes = encoding === 'close';
        const answer = await ask(by, request);
        expect(answer).toMatchObject({ statusCode: 206, headers: { etag: '"x"' } });
        const read = reading < 0 ? await streamed(answer) : await drained(answer, reading);
        expect(read.equals(Buffer.from(body))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('may have no body, and others before it', async () => {
    const heads = [
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n',
      'HTTP/1.1 204 No Content\r\n\r\n',
      'HTTP/1.1 304 Not Modified\r\ncontent-length: 7\r\n\r\n',
    ];
    const { request, received } = await serverThat((socket, _, count) =>
      socket.write(heads[count - 1] ?? ''),
    );
    const by = handler();
    const head = await ask(by, { ...request, method: 'HEAD' });
    expect(head).toMatchObject({ statusCode: 200, headers: { 'content-length': '1000' } });
    expect(await streamed(head)).toHaveLength(0);
    for (let i = 0; i < 2; i++) expect(await streamed(await ask(by, request))).toHaveLength(0);
    expect(received).toHaveLength(1);
  });

  it('that cannot be cut out of the bytes fails, and never keeps the process busy', async () => {
    const head = 'HTTP/1.1 200 OK\r\n';
    const interim = (length: string): string => `HTTP/1.1 100 Continue\r\ncontent-length: ${length}\r\n\r\n`;
    const answers = [
      `${head}content-length: x\r\n\r\nabc`,
      `${head}content-length: -3\r\n\r\nabc`,
      `${head}content-length: 0x3\r\n\r\nabc`,
      `${interim(`-${interim('-xx').length}`)}rest`,
      `${head}transfer-encoding: chunked\r\n\r\n3\r\nabc\r\nx\r\n\r\n`,
      `${head}transfer-encoding: chunked\r\n\r\n-5\r\nabc`,
      `${head}transfer-encoding: chunked\r\n\r\n3${' '.repeat(5000)}`,
    ];
    const { request } = await serverThat((socket, _, count) => socket.write(answers[count - 1] ?? ''));
    const by = handler();
    for (const answer of answers)
      await expect(ask(by, request).then(streamed), answer).rejects.toThrow(/length/);
  });

  it('comes no faster than it is read', async () => {
    const total = 64 << 20;
    const { request } = await serverThat((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${total}\r\n\r\n`);
      for (let i = 0; i < 64; i++) socket.write(Buffer.alloc(1 << 20));
    });
    const { body } = await ask(handler(), request);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(body.readableLength).toBeLessThan(2 << 20);
    let seen = 0;
    await body.drain((bytes) => (seen += bytes.length));
    expect(seen).toBe(total);
  });
});

describe('a connection', () => {
  const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

  it('is used again, unless the server says otherwise', async () => {
    const { request, received } = await serverThat((socket, _, count) =>
      socket.write(count === 2 ? ok.replace('\r\n', '\r\nConnection: close\r\n') : ok),
    );
    const by = handler();
    for (let i = 0; i < 4; i++) expect((await streamed(await ask(by, request))).toString()).toBe('ok');
    expect(received.map((text) => text.match(/GET/g)?.length)).toEqual([2, 2]);
    const several = [1, 2, 3].map(async () => streamed(await ask(by, request)));
    await Promise.all(several);
    expect(received).toHaveLength(4);
  });

  it('is not used again after an answer that was given up, or bytes that nobody asked for', async () => {
    const long = 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nbegin';
    let givenUp: Promise<unknown> = Promise.resolve();
    const { request, received } = await serverThat((socket, _, count) => {
      if (count === 1) socket.write(long);
      else if (count === 2) socket.write(ok + ok);
      else {
        socket.write(ok);
        if (count === 3) givenUp = new Promise((resolve) => socket.on('close', resolve));
        setTimeout(() => socket.write(ok), 20);
      }
    });
    const by = handler();
    (await ask(by, request)).body.destroy();
    await ask(by, request).then(streamed, () => undefined);
    await streamed(await ask(by, request));
    await givenUp;
    await streamed(await ask(by, request));
    expect(received).toHaveLength(4);
  });

  it('that the server ended while it waited costs no request', async () => {
    const { request, received } = await serverThat((socket) => socket.end(ok));
    const by = handler();
    const put = { ...request, method: 'PUT', headers: { host: 'h', 'content-length': '3' }, body: 'abc' };
    for (const each of [request, request, put, put, { ...request, method: 'DELETE' }])
      expect((await streamed(await ask(by, each))).toString()).toBe('ok');
    expect(received.map((text) => text.split(' ')[0])).toEqual(['GET', 'GET', 'PUT', 'PUT', 'DELETE']);
  });

  it('that is ended from here is not made anew', async () => {
    const { request, received } = await serverThat((socket, _, count) => {
      if (count === 1) socket.write(ok);
    });
    const by = handler();
    await streamed(await ask(by, request));
    const waiting = ask(by, request);
    setTimeout(() => by.destroy(), 20);
    await expect(waiting).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(received).toHaveLength(1);
  });

  it('that ends after a request that may have had its effect fails it, once', async () => {
    const { request } = await serverThat((socket, _, count) => {
      if (count % 2 === 1) socket.write(ok);
      else socket.destroy();
    });
    const conditional = { ...request, method: 'PUT', headers: { host: 'h', 'If-None-Match': '*' } };
    for (const each of [conditional, { ...request, method: 'POST' }]) {
      const by = handler();
      await streamed(await ask(by, request));
      await expect(ask(by, each)).rejects.toMatchObject({ code: 'ECONNRESET' });
    }
    const { request: never } = await serverThat((socket, _, count) => {
      if (count === 1) socket.write(ok);
      else socket.destroy();
    });
    const by = handler();
    await streamed(await ask(by, never));
    await expect(ask(by, never)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('that breaks fails the answer, before it and in it', async () => {
    const { request } = await serverThat((socket, _, count) => {
      if (count === 1) socket.end();
      else if (count === 2) socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nbegin');
      else if (count === 3) socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nbegin');
      else socket.end('220 mail.example.com ESMTP\r\n\r\n');
    });
    const by = handler();
    await expect(ask(by, request)).rejects.toMatchObject({ code: 'ECONNRESET' });
    for (let i = 0; i < 2; i++)
      await expect(drained(await ask(by, request), 10)).rejects.toThrow('the connection ended');
    await expect(ask(by, request)).rejects.toThrow('Parse Error');
  });

  it('ends when it is silent for too long, and at an abort', async () => {
    const { request } = await serverThat(() => undefined);
    await expect(ask(handler(50), request)).rejects.toMatchObject({
      name: 'TimeoutError',
      code: 'ETIMEDOUT',
    });
    const controller = new AbortController();
    const waiting = ask(handler(), request, controller.signal);
    setTimeout(() => controller.abort(), 20);
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
    await expect(ask(handler(), request, controller.signal)).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('stays usable if the signal of an earlier request aborts', async () => {
    const { request, received } = await serverThat((socket) => socket.write(ok));
    const by = handler();
    const controller = new AbortController();
    await streamed(await ask(by, request, controller.signal));
    controller.abort();
    await streamed(await ask(by, request));
    expect(received).toHaveLength(1);
  });
});

describe('a request', () => {
  it('is written with its query, headers and body', async () => {
    const { request, received } = await serverThat((socket) => socket.write('HTTP/1.1 204 None\r\n\r\n'));
    const query = { uploads: '', 'list-type': '2', prefix: 'a b/ü*', flag: null };
    const headers = { host: 'h', 'content-length': '4' };
    await ask(handler(), { ...request, method: 'PUT', query, headers, body: Buffer.from('body') });
    expect(received).toEqual([
      'PUT /b/k?flag&list-type=2&prefix=a%20b%2F%C3%BC%2A&uploads= HTTP/1.1\r\n' +
        'host: h\r\ncontent-length: 4\r\nconnection: keep-alive\r\n\r\nbody',
    ]);
  });

  it('that would end a line early is not sent', async () => {
    const { request, received } = await serverThat(() => undefined);
    const bad = [
      { ...request, path: '/k HTTP/1.1\r\nx: y' },
      { ...request, headers: { 'x-a': 'b\r\nx-c: d' } },
      { ...request, headers: { 'x a': 'b' } },
    ];
    for (const each of bad) await expect(ask(handler(), each)).rejects.toThrow(TypeError);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(received).toEqual([]);
  });

  it('may be answered before it is sent', async () => {
    const { request } = await serverThat((socket) => {
      socket.pause();
      socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno');
    });
    const headers = { 'content-length': String(32 << 20) };
    const answer = await ask(handler(), { ...request, method: 'PUT', headers, body: Buffer.alloc(32 << 20) });
    expect(answer.statusCode).toBe(403);
    expect((await streamed(answer)).toString()).toBe('no');
  });

  it('is not sent on once it is answered, whatever its body then does', async () => {
    const closed: Promise<unknown>[] = [];
    const { request } = await serverThat((socket) => {
      closed.push(once(socket, 'close'));
      socket.write('HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno');
    });
    const by = handler();
    for (const goOn of [true, false]) {
      let sent = 0;
      let end: (error: unknown) => void = () => undefined;
      const ended = new Promise((resolve) => (end = resolve));
      const sendTo = async (write: (bytes: Uint8Array) => Promise<void>): Promise<void> => {
        try {
          for (; goOn || sent === 0; sent++) {
            await write(Buffer.alloc(1000));
            await new Promise((resolve) => setTimeout(resolve, 5));
          }
          throw new Error('the file became shorter');
        } catch (error) {
          end(error);
          throw error;
        }
      };
      const body = Object.assign(new Readable(), { sendTo });
      const headers = { 'content-length': '100000000' };
      const answer = await ask(by, { ...request, method: 'PUT', headers, body });
      expect((await streamed(answer)).toString()).toBe('no');
      expect(String(await ended)).toContain(goOn ? 'answered before' : 'shorter');
    }
    // Connections on which half a request went are given up.
    expect(await Promise.all(closed)).toHaveLength(2);
  });
});
