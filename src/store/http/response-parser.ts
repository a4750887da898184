import { HTTPParser, type HTTPParserJS } from 'http-parser-js';

export { HTTPParser };

/** What the library's states work on. */
interface Inside {
  /** The next line without its end; undefined if its end has not come, and then `line` is what has. */
  consumeLine(): string | undefined;
  line: string;
  body_bytes: number | null;
  state: string;
}

/** A chunk's length in hexadecimal, and extensions that nobody uses. */
const chunkHead = /^[0-9a-f]{1,12}[ \t]*(;|$)/i;
const longestLine = 4096;

/**
 * A parser of one answer after the other. The library's own state before a chunk takes any line for a length: what is no
 * number ends the body as if it were whole, and a negative one lets it read the same bytes again without end.
 */
export function createResponseParser(): HTTPParserJS {
  const parser = new HTTPParser(HTTPParser.RESPONSE);
  const inside = parser as unknown as Inside;
  return Object.assign(parser, {
    BODY_CHUNKHEAD: () => {
      const line = inside.consumeLine();
      if ((line ?? inside.line).length > longestLine || (line !== undefined && !chunkHead.test(line)))
        throw new Error('a chunk of the answer has no length');
      if (line === undefined) return;
      inside.body_bytes = parseInt(line, 16);
      inside.state = inside.body_bytes === 0 ? 'BODY_CHUNKTRAILERS' : 'BODY_CHUNK';
    },
  });
}

/** Headers by their names in lower case; of several with one name the values are joined, as HTTP has it. Throws an Error for a length that is none. */
export function headersOf(list: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let i = 0; i + 1 < list.length; i += 2) {
    const [name, value] = [(list[i] as string).toLowerCase(), list[i + 1] as string];
    // The parser would go back by a negative one, and take a word for the end.
    if (name === 'content-length' && !/^\d{1,15}$/.test(value))
      throw new Error('the length of the answer is no number');
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
  }
  return headers;
}
