import type { Session } from '../../session/session.ts';

/** What a command of ours may use. */
export interface CommandContext {
  session: Session;
  now: Date;
  /** How wide the terminal is; undefined where there is none, and lines may be as long as they are. */
  columns: number | undefined;
  /** Takes everything off the screen. */
  clear: () => void;
  /** Aborted by Ctrl-C. */
  signal?: AbortSignal | undefined;
  /** Tells the shell to end after this command, the program with this exit code. */
  exit: (exitCode: number) => void;
}

/** One command of the shell that is not JavaScript. */
export interface ShellCommand {
  /** Short and long form; both are typed by users. */
  names: readonly [short: string, long: string];
  /** The arguments as help shows them. */
  usage: string;
  summary: string;
  /** What is being done while it runs, for the line that shows progress. */
  doing: string;
  /** Whether "the last command" stays the one before: it tells of that. */
  keepsCounts?: boolean;
  /** The text to show; throws MongoqError. */
  run: (args: string[], context: CommandContext) => Promise<string> | string;
  /** Words that may stand as the argument. */
  complete?: (context: CommandContext) => Promise<string[]>;
}
