import { deserialize, type Document, serialize } from 'bson';
import { describe, expect, it } from 'vitest';
import { bridgedHello, upstreamHello } from './bridge-hello.ts';

const bytes = (document: Document): Buffer => Buffer.from(serialize(document));
const greet = { hello: 1, helloOk: true, saslSupportedMechs: 'admin.u', client: {}, compression: ['zlib'] };

describe('the greeting through the bridge', () => {
  it('looks to the driver like a standalone server that is new enough', () => {
    const reply = {
      ...{ ismaster: true, setName: 'rs0', hosts: ['a:1', 'b:1'], primary: 'a:1', me: 'a:1' },
      ...{ maxWireVersion: 5, minWireVersion: 0, logicalSessionTimeoutMinutes: 30, ok: 1 },
    };
    expect(deserialize(bridgedHello(bytes(reply), bytes(greet), 5))).toEqual({
      ...{
        ismaster: true,
        isWritablePrimary: true,
        helloOk: true,
        minWireVersion: 0,
        maxWireVersion: 9,
        ok: 1,
      },
      saslSupportedMechs: ['SCRAM-SHA-1'],
    });
  });

  it('keeps the mechanisms that a server of 4.0 names, and asks it for them', () => {
    const reply = { ismaster: true, maxWireVersion: 7, saslSupportedMechs: ['SCRAM-SHA-256'], ok: 1 };
    expect(deserialize(bridgedHello(bytes(reply), bytes(greet), 7))).toMatchObject({
      saslSupportedMechs: ['SCRAM-SHA-256'],
      maxWireVersion: 9,
    });
    expect(deserialize(upstreamHello(bytes(greet), 7))).toEqual({
      isMaster: 1,
      saslSupportedMechs: 'admin.u',
    });
    expect(deserialize(upstreamHello(bytes(greet), 5))).toEqual({ isMaster: 1 });
  });

  it('passes a refusal on as it is', () => {
    const refusal = bytes({ ok: 0, errmsg: 'no', code: 1 });
    expect(bridgedHello(refusal, bytes(greet), 5)).toBe(refusal);
  });
});
