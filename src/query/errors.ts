/** A command's failure as mongod reports it: `{ok: 0, code, codeName, errmsg}`. Some old errors have no code. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly code: number | undefined;
  readonly codeName: string | undefined;

  constructor(code: number | undefined, codeName: string | undefined, message: string) {
    super(message);
    this.code = code;
    this.codeName = codeName;
  }
}

/** mongod's general error for a filter or option that it cannot parse. */
export function badValue(message: string): CommandError {
  return new CommandError(2, 'BadValue', message);
}

export function failedToParse(message: string): CommandError {
  return new CommandError(9, 'FailedToParse', message);
}

/** An assertion with a bare number: mongod 3.4 names these after the number, `Location16436`. */
export function location(code: number, message: string): CommandError {
  return new CommandError(code, `Location${code}`, message);
}
