/** What selecting needs to know of a backup. */
export interface Selectable {
  id: string;
  date: Date;
}

export interface Selection<B extends Selectable> {
  backup: B;
  /** Whether the words named a time rather than this backup, so that the user should be told which one it is. */
  byTime: boolean;
}

/**
 * The backup that a user means, out of `backups` in order of time: an id; `latest`, `first`; `-1`, `+2` (that many before or
 * after the current one); or a date or time (the last backup at or before it: a bare day or month means its end).
 * Undefined if there is none such.
 */
export function selectBackup<B extends Selectable>(
  backups: readonly B[],
  words: string,
  currentId?: string,
): Selection<B> | undefined {
  const exact = backups.findLast((backup) => backup.id === words);
  if (exact) return { backup: exact, byTime: false };
  if (words === 'latest' || words === 'last') return chosen(backups.at(-1), true);
  if (words === 'first') return chosen(backups[0], true);
  if (/^[+-]\d+$/.test(words)) {
    const from = backups.findLastIndex((backup) => backup.id === currentId);
    const index = from + Number(words);
    return from < 0 || index < 0 ? undefined : chosen(backups[index], true);
  }
  const until = endOfTime(words);
  return until === undefined
    ? undefined
    : chosen(
        backups.findLast((backup) => backup.date <= until),
        true,
      );
}

function chosen<B extends Selectable>(backup: B | undefined, byTime: boolean): Selection<B> | undefined {
  return backup && { backup, byTime };
}

/**
 * The last instant that `words` can mean, in local time unless a zone is given: `2017-03` is the end of that March, `2017-03-01 14:30`
 * the end of that minute. Undefined if it is no date.
 */
export function endOfTime(words: string): Date | undefined {
  const match = matchTime(words);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second, zone] = match;
  const start = new Date(
    `${year ?? ''}-${month ?? ''}-${day ?? '01'}T${hour ?? '00'}:${minute ?? '00'}:${second ?? '00'}${zoneOf(zone)}`,
  );
  if (
    Number.isNaN(start.valueOf()) ||
    (day !== undefined && Number(day) > daysIn(Number(year), Number(month)))
  )
    return undefined;
  if (second !== undefined) return second.includes('.') ? start : new Date(start.valueOf() + 999);
  if (hour !== undefined) return new Date(start.valueOf() + 59_999);
  const next =
    day === undefined
      ? midnight(Number(year), Number(month) + 1, 1, zone)
      : midnight(Number(year), Number(month), Number(day) + 1, zone);
  return new Date(next.valueOf() - 1);
}

/** The beginning of the day or month that `words` name or lie in. Undefined if it is no date. */
export function startOfDay(words: string): Date | undefined {
  const match = matchTime(words);
  if (!match || endOfTime(words) === undefined) return undefined;
  const [, year, month, day = '1', , , , zone] = match;
  return midnight(Number(year), Number(month), Number(day), zone);
}

function matchTime(words: string): RegExpExecArray | null {
  return /^(\d{4})-(\d\d)(?:-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d(?:\.\d+)?))?)?)?\s*(Z|[+-]\d\d:?\d\d)?$/i.exec(
    words.trim(),
  );
}

/** The beginning of a day; days and months may be one too many, which is the first of the next. */
function midnight(year: number, month: number, day: number, zone: string | undefined): Date {
  if (zone === undefined) return new Date(year, month - 1, day);
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(zone) ?? [];
  const ahead = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * (sign === '-' ? -1 : 1);
  return new Date(Date.UTC(year, month - 1, day) - ahead * 60_000);
}

function zoneOf(zone: string | undefined): string {
  if (zone === undefined) return '';
  return /^[+-]\d{4}$/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
}

function daysIn(year: number, month: number): number {
  return new Date(year, month, 0).getDate();
}
