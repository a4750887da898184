/** What expressions read beside the fields of a document. */
export class Dependencies {
  /** Something reads `{$meta: 'textScore'}`: the pipeline must have a $text. */
  textScore = false;
}
