import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';

/** The mechanisms that the gateway offers, by name. Sources: RFC 5802, RFC 7677, and MongoDB's authentication specification. */
const mechanisms = {
  'SCRAM-SHA-256': { hash: 'sha256', length: 32, iterations: 15_000 },
  'SCRAM-SHA-1': { hash: 'sha1', length: 20, iterations: 10_000 },
} as const;

export type MechanismName = keyof typeof mechanisms;

export const mechanismNames = Object.keys(mechanisms) as MechanismName[];

/** What a server keeps of a password for one mechanism: enough to verify a client, not to be one. */
export interface ScramCredential {
  mechanism: MechanismName;
  salt: Buffer;
  iterations: number;
  storedKey: Buffer;
  serverKey: Buffer;
}

/** What SASLprep (RFC 4013, section 2.1) takes for a space, and what it leaves out. */
const spaces = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/g;
const nothings = /[\u00ad\u034f\u1806\u180b-\u180d\u200c\u200d\u2060\ufe00-\ufe0f\ufeff]/g;

/** The password as clients derive their keys from it. What SASLprep forbids is left to them to refuse. */
function prepared(password: string): string {
  return password.replace(spaces, ' ').replace(nothings, '').normalize('NFKC');
}

/** Derives the credential of a user. SHA-1 works on MongoDB's own digest of name and password, SHA-256 on the prepared password. */
export function makeCredential(
  mechanism: MechanismName,
  user: string,
  password: string,
  chosen: { salt?: Buffer; iterations?: number } = {},
): ScramCredential {
  const { hash, length } = mechanisms[mechanism];
  const { salt = randomBytes(length - 4), iterations = mechanisms[mechanism].iterations } = chosen;
  const secret =
    mechanism === 'SCRAM-SHA-1'
      ? createHash('md5').update(`${user}:mongo:${password}`).digest('hex')
      : prepared(password);
  const salted = pbkdf2Sync(secret, salt, iterations, length, hash);
  const clientKey = createHmac(hash, salted).update('Client Key').digest();
  return {
    mechanism,
    salt,
    iterations,
    storedKey: createHash(hash).update(clientKey).digest(),
    serverKey: createHmac(hash, salted).update('Server Key').digest(),
  };
}

/** A client's first message: its user and nonce, and the parts that the proof covers. Undefined if malformed. */
export interface ClientFirst {
  user: string;
  nonce: string;
  bare: string;
  /** The GS2 header, which the final message repeats. */
  header: string;
}

/** Reads `n,,n=USER,r=NONCE`; channel binding is not offered, so a client that insists on it is malformed. */
export function parseClientFirst(payload: Buffer): ClientFirst | undefined {
  const match = /^([ny],(?:a=[^,]*)?,)(n=([^,]*),r=([^,]+).*)$/s.exec(payload.toString('utf8'));
  const [, header, bare, user, nonce] = match ?? [];
  if (header === undefined || bare === undefined || user === undefined || nonce === undefined)
    return undefined;
  return { user: user.replaceAll('=2C', ',').replaceAll('=3D', '='), nonce, bare, header };
}

/** One exchange of messages with one client. */
export class ScramExchange {
  readonly #credential: ScramCredential;
  readonly #client: ClientFirst;
  readonly #nonce: string;

  /** For an unknown user pass a credential made of random bytes: the exchange then fails at its end, like a wrong password. */
  constructor(credential: ScramCredential, client: ClientFirst, nonce = randomBytes(24).toString('base64')) {
    this.#credential = credential;
    this.#client = client;
    this.#nonce = client.nonce + nonce;
  }

  /** The server's first message. */
  get challenge(): Buffer {
    return Buffer.from(this.#serverFirst, 'utf8');
  }

  /** Checks the client's final message; the server's final message if the proof is right, else undefined. */
  verify(payload: Buffer): Buffer | undefined {
    const match = /^(c=([^,]*),r=([^,]+)),p=(.+)$/s.exec(payload.toString('utf8'));
    const [, withoutProof, binding, nonce, proof] = match ?? [];
    if (withoutProof === undefined || proof === undefined || nonce !== this.#nonce) return undefined;
    if (binding !== Buffer.from(this.#client.header).toString('base64')) return undefined;
    const { hash } = mechanisms[this.#credential.mechanism];
    const message = `${this.#client.bare},${this.#serverFirst},${withoutProof}`;
    const signature = createHmac(hash, this.#credential.storedKey).update(message).digest();
    const given = Buffer.from(proof, 'base64');
    if (given.length !== signature.length) return undefined;
    const clientKey = signature.map((byte, index) => byte ^ (given[index] ?? 0));
    if (!timingSafeEqual(createHash(hash).update(clientKey).digest(), this.#credential.storedKey))
      return undefined;
    const server = createHmac(hash, this.#credential.serverKey).update(message).digest('base64');
    return Buffer.from(`v=${server}`, 'utf8');
  }

  get #serverFirst(): string {
    const { salt, iterations } = this.#credential;
    return `r=${this.#nonce},s=${salt.toString('base64')},i=${iterations}`;
  }
}
