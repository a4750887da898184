import { stringOf } from '../../../bson/access.ts';
import { DocumentBuilder } from '../../../bson/builder.ts';
import { nullValue, stringValue } from '../../../bson/make.ts';
import { BsonType } from '../../../bson/types.ts';
import type { Value } from '../../../bson/value.ts';
import { location } from '../../errors.ts';
import { isNullish } from '../coerce.ts';
import type { Dependencies } from '../dependencies.ts';
import { Constant, Expression } from '../expression.ts';
import type { OperatorEntry, OperatorParser } from '../operator.ts';
import { readOptions, required } from '../options.ts';
import { Variables } from '../variables.ts';
import { calendarOf, isoDayOfWeek, isoWeek, sundayWeek, type Calendar } from './calendar.ts';
import { toMilliseconds } from './parts.ts';

const specifiers: ReadonlyMap<string, (date: Calendar) => string> = new Map<
  string,
  (date: Calendar) => string
>([
  ['%', () => '%'],
  ['d', (date) => digits(date.day, 2)],
  ['G', (date) => digits(isoWeek(date).year, 4)],
  ['H', (date) => digits(date.hour, 2)],
  ['j', (date) => digits(date.dayOfYear, 3)],
  ['L', (date) => digits(date.millisecond, 3)],
  ['m', (date) => digits(date.month, 2)],
  ['M', (date) => digits(date.minute, 2)],
  ['S', (date) => digits(date.second, 2)],
  ['u', (date) => digits(isoDayOfWeek(date), 1)],
  ['U', (date) => digits(sundayWeek(date), 2)],
  ['V', (date) => digits(isoWeek(date).week, 2)],
  ['w', (date) => digits(date.dayOfWeek, 1)],
  ['Y', yearDigits],
]);

function digits(number: number, width: number): string {
  return String(number).padStart(width, '0');
}

function yearDigits({ year }: Calendar): string {
  if (year < 0 || year > 9999) {
    throw location(18537, `$dateToString is only defined on year 0-9999, tried to use year ${year}`);
  }
  return digits(year, 4);
}

function checkFormat(format: string): void {
  for (const [, specifier = ''] of format.matchAll(/%(.?)/gsu)) {
    if (specifier === '') throw location(18535, "Unmatched '%' at end of $dateToString format string");
    if (!specifiers.has(specifier)) {
      throw location(18536, `Invalid format character '%${specifier}' in $dateToString format string`);
    }
  }
}

class DateToString extends Expression {
  readonly #format: string;
  readonly #date: Expression;

  constructor(format: string, date: Expression) {
    super();
    this.#format = format;
    this.#date = date;
  }

  evaluate(variables: Variables): Value {
    const value = this.#date.evaluate(variables);
    if (isNullish(value)) return nullValue;
    const date = calendarOf(toMilliseconds(value));
    return stringValue(
      this.#format.replace(/%(.)/gsu, (_, specifier: string) => specifiers.get(specifier)?.(date) ?? ''),
    );
  }

  optimize(): Expression {
    const optimized = new DateToString(this.#format, this.#date.optimize());
    return optimized.#date.isConstant() ? new Constant(optimized.evaluate(new Variables())) : optimized;
  }

  addDependencies(dependencies: Dependencies): void {
    this.#date.addDependencies(dependencies);
  }

  toValue(): Value {
    return new DocumentBuilder()
      .openDocument('$dateToString')
      .string('format', this.#format)
      .append('date', this.#date.toValue())
      .close()
      .finish();
  }
}

const parse: OperatorParser = (argument, scope) => {
  if (!argument.isDocument()) throw location(18629, '$dateToString only supports an object as its argument');
  const options = readOptions(
    argument,
    ['format', 'date'],
    18534,
    (name) => `Unrecognized argument to $dateToString: ${name}`,
  );
  const format = required(options.format, 18627, "Missing 'format' parameter to $dateToString");
  const date = required(options.date, 18628, "Missing 'date' parameter to $dateToString");
  if (format.type !== BsonType.string) {
    throw location(18533, "The 'format' parameter to $dateToString must be a string literal");
  }
  const text = stringOf(format);
  checkFormat(text);
  return new DateToString(text, scope.parse(date));
};

/** $dateToString. */
export const dateToStringOperators: readonly OperatorEntry[] = [['$dateToString', parse]];
