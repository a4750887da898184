/** What expressions read from a document: the engine may leave out the rest. */
export class Dependencies {
  /** Dotted field paths. */
  readonly paths = new Set<string>();
  /** Something reads the document as a whole ($$ROOT). */
  wholeDocument = false;
  /** Something reads `{$meta: 'textScore'}`: the pipeline must have a $text. */
  textScore = false;
}
