import { formatBytes } from '../base/format-bytes.ts';
import { harmless } from './harmless.ts';
import { renderTable } from './table.ts';
import { inspectValue, wholeDepth, type FormatOptions } from './inspect.ts';
import { styled } from './style.ts';
import { wrapWords } from './wrap.ts';
import type { EvaluationResult } from './evaluator.ts';

/**
 * The text that the shell shows for a result, in mongosh's conventions (checked against it by a test): documents as `util.inspect`
 * shows them, cursors by 20, `show dbs` as a table. Empty where mongosh prints nothing.
 */
export function formatResult({ type, printable }: EvaluationResult, options: FormatOptions): string {
  switch (type) {
    case 'Cursor':
    case 'AggregationCursor':
      return (printable as CursorPage).documents.length === 0
        ? ''
        : formatPage(printable as CursorPage, options);
    case 'CursorIterationResult':
      return formatPage(printable as CursorPage, options);
    case 'ShowDatabasesResult':
      return formatDatabases(printable as { name: string; sizeOnDisk?: unknown }[], options);
    case 'ShowCollectionsResult':
      return formatCollections(printable as { name: string; badge: string }[], options);
    case 'Help':
      return formatHelp(printable as HelpPage, options);
    case 'StatsResult':
      return Object.entries(printable as Record<string, unknown>)
        .map(([name, stats]) => `${styled(name, 'heading', options.colors)}\n${inspectValue(stats, options)}`)
        .join('\n---\n');
    case 'ExplainOutput':
    case 'ExplainableCursor':
      return formatPlain(printable, { ...options, ...wholeDepth });
    case 'PrintedValues':
      return (printable as EvaluationResult[]).map((value) => formatResult(value, options)).join(' ');
    case 'ListCommandsResult':
      return formatCommands(printable as Record<string, Record<string, unknown>>, options);
    default:
      return formatPlain(printable, options);
  }
}

interface CursorPage {
  documents: unknown[];
  cursorHasMore: boolean;
}

function formatPage({ documents, cursorHasMore }: CursorPage, options: FormatOptions): string {
  if (documents.length === 0) return 'no cursor';
  const text = inspectValue(documents, { ...options, ...wholeDepth });
  return cursorHasMore ? `${text}\nType "it" for more` : text;
}

/** Text is shown as it is, unless it could steer the terminal. */
function formatPlain(value: unknown, options: FormatOptions): string {
  if (value === undefined) return '';

  if (typeof value === 'string' && harmless(value) === value) return value;
  return inspectValue(value, options);
}

function formatDatabases(
  databases: { name: string; sizeOnDisk?: unknown }[],
  { colors }: FormatOptions,
): string {
  return renderTable(
    databases.map(({ name, sizeOnDisk }) => [
      styled(harmless(name), 'bold', colors),
      formatBytes(Number(sizeOnDisk ?? 0)),
    ]),
    ['left', 'right'],
  );
}

/** Collections of the system come last. */
function formatCollections(
  collections: { name: string; badge: string }[],
  { colors }: FormatOptions,
): string {
  const isSystem = ({ name }: { name: string }): boolean => name.startsWith('system.');
  const ordered = [
    ...collections.filter((one) => !isSystem(one)),
    ...collections.filter((one) => isSystem(one)),
  ];
  return renderTable(
    ordered.map((one) => [styled(harmless(one.name), isSystem(one) ? 'dim' : 'bold', colors), one.badge]),
    ['left', 'left'],
  );
}

interface HelpPage {
  help?: string;
  docs?: string;
  attr?: { name?: string; description?: string }[];
}

/** Where descriptions begin in help texts. */
const helpColumn = 47;

function formatHelp({ help, docs, attr = [] }: HelpPage, { colors, columns }: FormatOptions): string {
  const lines = help ? ['', `  ${styled(`${help}:`, 'heading', colors)}`, ''] : [];
  for (const { name, description } of attr) {
    if (!description) continue;
    const [first = '', ...rest] = description
      .split('\n')
      .flatMap((line) =>
        columns === undefined ? [line] : wrapWords(line, Math.max(20, columns - 1 - helpColumn)),
      );
    if (name)
      lines.push(
        `    ${name}`.padEnd(helpColumn) + first,
        ...rest.map((line) => (line.trim() === '' ? line : ' '.repeat(helpColumn) + line)),
      );
    else lines.push(`  ${description}`);
  }
  if (docs)
    lines.push(
      '',
      `  ${styled('For more information on usage:', 'bold', colors)} ${styled(docs, 'link', colors)}`,
    );
  else lines.push('');
  return lines.join('\n');
}

function formatCommands(
  commands: Record<string, Record<string, unknown>>,
  { colors }: FormatOptions,
): string {
  return Object.entries(commands)
    .map(([name, properties]) => {
      const flags = Object.entries(properties)
        .filter(([, value]) => value === true)
        .map(([flag]) => ` ${styled(flag, 'bold', colors)}`);
      const { help } = properties;
      return `${styled(name, 'heading', colors)}: ${flags.join('')}${typeof help === 'string' && help !== '' ? `\n${help}` : ''}`;
    })
    .join('\n\n');
}
