import type { Session } from '../session/session.ts';
import type { LiveLine } from '../shell/live-line.ts';
import { showProgress } from '../shell/progress.ts';
import type { OpeningOptions } from './open-session.ts';
import { notice } from './output.ts';

/** What openSession is given so that the line shows what it costs, and what ends that. */
export interface WatchedSession extends Required<Pick<OpeningOptions, 'onStart' | 'onNotice'>> {
  endProgress: () => void;
}

/**
 * Shows on `line`, after half a second, what is being done (`doing`) and what the session costs, from before it is there. Notices
 * take the line away before they are printed.
 */
export function watchSession(line: LiveLine, doing: () => string): WatchedSession {
  let started: Session | undefined;
  return {
    onStart: (session) => void (started = session),
    onNotice: (text) => {
      line.erase();
      notice(text);
    },
    endProgress: showProgress(line, doing, async () => started?.status()),
  };
}
