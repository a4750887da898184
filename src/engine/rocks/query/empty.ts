import { DocumentBuilder } from '../../../bson/builder.ts';

/** A document without fields. */
export const emptyDocument = new DocumentBuilder().finish();
