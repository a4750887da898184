import type { ReactNode } from 'react';
import { Box, render, Text, useCursor, type Instance } from 'ink';
import stringWidth from 'string-width';
import { eraseBelow } from '../style.ts';
import type { Layout } from './layout.ts';

/** The rows of a prompt, and the terminal's own cursor among them. */
function PromptRows({ rows, cursor }: Layout): ReactNode {
  const { setCursorPosition } = useCursor();
  setCursorPosition(cursor);
  return (
    <Box flexDirection="column">
      {rows.map((row, index) => (
        <Text key={index} wrap="truncate-end">
          {row === '' ? ' ' : row}
        </Text>
      ))}
    </Box>
  );
}

/**
 * Draws one prompt at the bottom of the terminal with Ink and takes it away again, so that what was typed can be printed into the
 * scrollback like everything else.
 */
export class PromptScreen {
  readonly #terminal: NodeJS.WriteStream;
  #ink: Instance | undefined;
  #shown: Layout | undefined;
  #muted = false;

  constructor(terminal: NodeJS.WriteStream) {
    this.#terminal = terminal;
  }

  show(layout: Layout): void {
    this.#shown = layout;
    if (this.#ink) this.#ink.rerender(<PromptRows {...layout} />);
    else
      this.#ink = render(<PromptRows {...layout} />, {
        stdout: this.#output(),
        patchConsole: false,
        exitOnCtrlC: false,
        maxFps: 0,
      });
    if (layout.before !== undefined) this.#terminal.write(`\r${layout.before}`);
  }

  /** Takes the prompt off the screen; the cursor is then where its first row began. */
  clear(): void {
    this.#ink?.unmount();
    this.#erase();
  }

  /** The same after the terminal's width has changed, when Ink must not draw any more. */
  clearResized(): void {
    this.#muted = true;
    this.#ink?.unmount();
    this.#muted = false;
    this.#erase();
  }

  /** Terminals break rows that have become too long for them, so the prompt may cover more rows than it has. */
  #erase(): void {
    if (!this.#ink || !this.#shown) return;
    const { rows, cursor } = this.#shown;
    const { columns } = this.#terminal;
    const above = rows
      .slice(0, cursor.y)
      .reduce((sum, row) => sum + Math.max(1, Math.ceil(stringWidth(row) / columns)), 0);
    const up = above + Math.floor(cursor.x / columns);
    this.#terminal.write(`${up > 0 ? `\x1b[${up}A` : ''}${eraseBelow}\x1b[?25h`);
    this.#ink = undefined;
    this.#shown = undefined;
  }

  /** What Ink writes to: the terminal, but without its resize events, to which Ink would answer by guessing. */
  #output(): NodeJS.WriteStream {
    const terminal = this.#terminal;
    const output = {
      isTTY: true,
      get columns() {
        return terminal.columns;
      },
      get rows() {
        return terminal.rows;
      },
      write: (data: string, done?: () => void): boolean => {
        if (!this.#muted && data !== '') return terminal.write(data, done);
        done?.();
        return true;
      },
      on: () => output,
      off: () => output,
    };
    return output as unknown as NodeJS.WriteStream;
  }
}
