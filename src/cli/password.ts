import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { ErrorCode } from '../base/error-codes.ts';
import { MongoqError } from '../base/errors.ts';

/**
 * The password in the environment variable `name`, or typed unseen on the terminal. Throws a usage error where there is
 * neither: a password never comes by argument, which every user of the machine can read.
 */
export async function passwordFrom(name: string, question: string): Promise<string> {
  const given = process.env[name];
  if (given !== undefined && given !== '') return given;
  if (!process.stdin.isTTY) {
    throw new MongoqError(ErrorCode.usage, 'a password is needed', {
      hint: `put it into the environment as ${name}`,
    });
  }
  process.stderr.write(question);
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  const prompt = createInterface({ input: process.stdin, output: unseen, terminal: true });
  try {
    return await prompt.question('');
  } finally {
    prompt.close();
    process.stderr.write('\n');
  }
}
