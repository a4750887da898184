import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { ErrorCode } from '../base/error-codes.ts';
import { MongoqError } from '../base/errors.ts';

/**
 * The password in the environment variable `name`, or typed unseen on the terminal. Throws a usage error where there is
 * neither, cancelled at Ctrl-C and Ctrl-D. A password never comes by argument, which every user of the machine can read.
 */
export async function passwordFrom(name: string, question: string): Promise<string> {
  const given = process.env[name];
  if (given !== undefined && given !== '') return given;
  if (!process.stdin.isTTY) throw noPassword(name);
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  const prompt = createInterface({ input: process.stdin, output: unseen, terminal: true });
  // A prompt that is closed never answers.
  const closed = new Promise<never>((_, reject) => {
    prompt.once('close', () => reject(new MongoqError(ErrorCode.cancelled, 'cancelled')));
  });
  // Asked when keys are no longer shown, and Ctrl-C is one of them.
  process.stderr.write(question);
  try {
    const typed = await Promise.race([prompt.question(''), closed]);
    if (typed === '') throw noPassword(name);
    return typed;
  } finally {
    prompt.close();
    process.stderr.write('\n');
  }
}

function noPassword(name: string): MongoqError {
  return new MongoqError(ErrorCode.usage, 'a password is needed', {
    hint: `put it into the environment as ${name}`,
  });
}
