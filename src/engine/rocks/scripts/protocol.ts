import type { SentError } from '../parallel/protocol.ts';

/** The commands whose scripts see all documents of their input. */
export type ScriptCommand = 'group' | 'mapReduce';

/** What a thread that runs scripts is asked, one at a time. Documents are BSON, one after the other. */
export type ScriptQuestion =
  /** Which of the documents a filter with a $where lets pass; `query` tells one filter from the next. */
  | {
      kind: 'match';
      query: number;
      filter: Uint8Array;
      collation: Uint8Array | undefined;
      documents: Uint8Array;
    }
  | { kind: 'begin'; command: ScriptCommand; options: Uint8Array; collation: Uint8Array | undefined }
  | { kind: 'more'; documents: Uint8Array }
  | { kind: 'end' };

/** `match` is answered by a 1 for each document that passes, the others by `next`, a wish for more, or the result. */
export type ScriptAnswer =
  | { kind: 'matched'; passing: Uint8Array }
  | { kind: 'next' }
  | { kind: 'result'; document: Uint8Array }
  | { kind: 'failed'; error: SentError };
