import { inspect, type InspectOptions } from 'node:util';
import { renderTable } from './table.ts';
import type { EvaluationResult } from './evaluator.ts';

export interface FormatOptions {
  colors: boolean;
}

/**
 * The text that the shell shows for a result, in mongosh's conventions: documents as `util.inspect` shows them,
 * cursors by 20, `show dbs` as a table. Empty where mongosh prints nothing.
 */
export function formatResult({ type, printable }: EvaluationResult, options: FormatOptions): string {
  switch (type) {
    case 'Cursor':
    case 'AggregationCursor':
      return formatCursor(printable as CursorPage, options);
    case 'CursorIterationResult':
      return (printable as CursorPage).documents.length === 0 && !(printable as CursorPage).cursorHasMore
        ? 'no cursor'
        : formatCursor(printable as CursorPage, options);
    case 'ShowDatabasesResult':
      return formatDatabases(printable as { name: string; sizeOnDisk?: unknown }[]);
    case 'ShowCollectionsResult':
      return formatCollections(printable as { name: string; badge: string }[]);
    case 'Help':
      return formatHelp(printable as HelpPage);
    case 'StatsResult':
      return Object.entries(printable as Record<string, unknown>)
        .map(([name, stats]) => `${name}\n${inspectValue(stats, options)}`)
        .join('\n---\n');
    case 'ExplainOutput':
      return inspectValue(printable, options, Infinity);
    case 'ListCommandsResult':
      return formatCommands(printable as Record<string, { help?: string }>);
    default:
      return formatPlain(printable, options);
  }
}

interface CursorPage {
  documents: unknown[];
  cursorHasMore: boolean;
}

function formatCursor(page: CursorPage, options: FormatOptions): string {
  if (page.documents.length === 0) return '';
  const more = page.cursorHasMore ? '\nType "it" for more' : '';
  return inspectValue(page.documents, options) + more;
}

function formatPlain(value: unknown, options: FormatOptions): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return value;
  return inspectValue(value, options);
}

function inspectValue(value: unknown, { colors }: FormatOptions, depth = 6): string {
  const options: InspectOptions = {
    colors,
    depth,
    maxArrayLength: null,
    maxStringLength: null,
    compact: 3,
    breakLength: 80,
    showProxy: false,
  };
  return inspect(value, options);
}

function formatDatabases(databases: { name: string; sizeOnDisk?: unknown }[]): string {
  return renderTable(
    databases.map(({ name, sizeOnDisk }) => [name, formatBytes(Number(sizeOnDisk ?? 0))]),
    ['left', 'right'],
  );
}

function formatCollections(collections: { name: string; badge: string }[]): string {
  return renderTable(
    collections.map(({ name, badge }) => [name, badge]),
    ['left', 'left'],
  );
}

interface HelpPage {
  help: string;
  docs?: string;
  attr?: { name?: string; description: string }[];
}

function formatHelp({ help, docs, attr = [] }: HelpPage): string {
  const rows = attr.map(({ name, description }) => [`    ${name ?? ''}`, description]);
  return [
    `\n  ${help}:\n`,
    rows.length > 0 ? renderTable(rows, ['left', 'left']) : '',
    docs === undefined || docs === '' ? '' : `\n  ${docs}`,
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function formatCommands(commands: Record<string, { help?: string }>): string {
  return Object.entries(commands)
    .map(([name, { help = '' }]) => `${name}: ${help}`)
    .join('\n');
}

/** Bytes in mongosh's manner: `40.00 KiB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  let size = bytes;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return unit === 0 ? `${size} B` : `${size.toFixed(2)} ${units[unit] ?? ''}`;
}
