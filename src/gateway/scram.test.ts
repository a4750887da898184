import { describe, expect, it } from 'vitest';
import {
  makeCredential,
  mechanismNames,
  parseClientFirst,
  type ScramCredential,
  ScramExchange,
} from './scram.ts';

/** The exchange of RFC 7677, section 3: the user "user" with the password "pencil". */
const rfc = {
  first: 'n,,n=user,r=rOprNGfwEbeRWgbNEkqO',
  serverNonce: '%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0',
  salt: 'W22ZaJ0SNY7soEsUEjb6gQ==',
  challenge: 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
  proof:
    'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
  final: 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
};

function rfcExchange(): ScramExchange {
  const credential: ScramCredential = makeCredential('SCRAM-SHA-256', 'user', 'pencil', {
    salt: Buffer.from(rfc.salt, 'base64'),
    iterations: 4096,
  });
  return new ScramExchange(credential, parseClientFirst(Buffer.from(rfc.first))!, rfc.serverNonce);
}

describe('SCRAM', () => {
  it('is the exchange of RFC 7677', () => {
    const exchange = rfcExchange();
    expect(exchange.challenge.toString()).toBe(rfc.challenge);
    expect(exchange.verify(Buffer.from(rfc.proof))?.toString()).toBe(rfc.final);
  });

  it.each([
    ['another nonce', rfc.proof.replace('rOpr', 'rOpx')],
    ['another channel binding', rfc.proof.replace('biws', 'eSws')],
    ['a wrong proof', rfc.proof.replace('dHzb', 'dHzc')],
    ['a proof of another length', rfc.proof.replace('dHzb', '')],
    ['no proof', 'c=biws,r=x'],
    ['nothing', ''],
  ])('refuses %s', (_, payload) => {
    expect(rfcExchange().verify(Buffer.from(payload))).toBeUndefined();
  });

  it('reads names with the characters that it escapes', () => {
    expect(parseClientFirst(Buffer.from('n,,n=a=2Cb=3D,r=x'))?.user).toBe('a,b=');
  });

  it.each(['', 'n,,', 'p=tls-unique,,n=u,r=x', 'n,,n=u', 'n,,n=u,r='])(
    'refuses the first message %j',
    (first) => {
      expect(parseClientFirst(Buffer.from(first))).toBeUndefined();
    },
  );

  it('salts each credential anew', () => {
    for (const name of mechanismNames) {
      expect(makeCredential(name, 'u', 'p').salt).not.toEqual(makeCredential(name, 'u', 'p').salt);
    }
  });
});
