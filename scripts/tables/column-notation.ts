import { FreezeframeError } from '@freezeframe/inference';
import { isPlainNumber, type NumberText, readNumberText } from './number-text.ts';

/** Which sign of a number is its decimal sign. */
export type Decimal = 'point' | 'comma';

interface Seen {
  text: string;
  line: number;
}

/** `1,234`, `1.234`: one may be the thousandfold of the other. */
const DOUBTFUL = /[1-9]\d{0,2}([.,])\d{3}(?!\d)/;
const SHOWN = 3;

/** How one column writes its numbers, found out from all of them. */
export class ColumnNotation {
  readonly name: string;
  /** Values with digits in them: whether they can be read is decided below. */
  observed = 0;
  /** What holds no digit, and so no value that is lost: `n/a`, `-`, `unknown`. */
  readonly words: Seen[] = [];
  /** What holds digits and is no number in any reading. */
  readonly #unreadable: Seen[] = [];
  /** The first value of each kind that decides something. */
  readonly #first: {
    pointOnly?: Seen;
    commaOnly?: Seen;
    doubtfulPoint?: Seen;
    doubtfulComma?: Seen;
    whole?: Seen;
    percent?: Seen;
    noPercent?: Seen;
    currency?: Seen & { unit: string };
    otherCurrency?: Seen;
  } = {};
  /** A doubtful value whose last digit is 0: programs that leave decimals away would have left it away. */
  #endsWithZero = false;
  /** A whole number of 1,000 and more whose thousands are not separated by point or comma. */
  #otherThousands = false;
  #unusual = '';

  constructor(name: string) {
    this.name = name;
  }

  get onlyPoint(): boolean {
    return this.#first.pointOnly !== undefined;
  }

  get onlyComma(): boolean {
    return this.#first.commaOnly !== undefined;
  }

  /** The currency that its values name, or `%`. */
  get unit(): string {
    return this.#first.percent ? '%' : (this.#first.currency?.unit ?? '');
  }

  observe(text: string, line: number): void {
    if (text === '') return;
    const number = readNumberText(text);
    const seen = { text, line };
    const [isPoint, isComma] = [!Number.isNaN(number.point), !Number.isNaN(number.comma)];
    if (!isPoint && !isComma) {
      const holdsDigits = /\p{N}/u.test(text);
      if (holdsDigits) this.observed++;
      const list = holdsDigits ? this.#unreadable : this.words;
      if (list.length < SHOWN) list.push(seen);
      return;
    }
    this.observed++;
    this.#observeUnit(number, seen);
    if (!isPlainNumber(text) && text.length > this.#unusual.length) this.#unusual = text;
    const first = this.#first;
    if (!isComma) first.pointOnly ??= seen;
    else if (!isPoint) first.commaOnly ??= seen;
    else if (number.point === number.comma) {
      first.whole ??= seen;
      if (Math.abs(number.point) >= 1000) this.#otherThousands = true;
    } else {
      const [match, sign] = DOUBTFUL.exec(text) ?? [''];
      if (sign === '.') first.doubtfulPoint ??= seen;
      else first.doubtfulComma ??= seen;
      if (match.endsWith('0')) this.#endsWithZero = true;
    }
  }

  #observeUnit({ unit }: NumberText, seen: Seen): void {
    const first = this.#first;
    if (unit === '%') first.percent ??= seen;
    else first.noPercent ??= seen;
    if (unit === '' || unit === '%') return;
    first.currency ??= { ...seen, unit };
    if (first.currency.unit !== unit) first.otherCurrency ??= seen;
  }

  /**
   * The reading that all values have.
   * @param usual the decimal sign of the file, as far as its other columns and its delimiter say; undefined where columns differ.
   * @throws FreezeframeError `csv-invalid` where values are written in several ways, may mean two numbers, or are no numbers
   */
  decide(usual: Decimal | undefined): Decimal {
    const { pointOnly, commaOnly, percent, noPercent, currency, otherCurrency } = this.#first;
    if (this.#unreadable.length > 0) this.#refuseUnreadable();
    if (pointOnly && commaOnly) this.#refuseTwoWays(pointOnly, commaOnly);
    if (percent && noPercent) this.#refuseTwoWays(percent, noPercent);
    if (currency && otherCurrency) this.#refuseTwoWays(currency, otherCurrency);
    if (pointOnly) return 'point';
    return commaOnly ? 'comma' : this.#decideDoubtful(usual);
  }

  #decideDoubtful(usual: Decimal | undefined): Decimal {
    const { doubtfulPoint, doubtfulComma, whole } = this.#first;
    const doubtful = doubtfulPoint ?? doubtfulComma;
    if (!doubtful) return 'point';
    const oneSign = !doubtfulPoint || !doubtfulComma;
    // `982` and `1,230`: with a fixed number of decimals it would be `982,000`, and else `1,23`. So these are thousands.
    const thousands = whole && this.#endsWithZero && !this.#otherThousands;
    const separates = doubtfulPoint ? 'comma' : 'point';
    if (usual !== undefined && oneSign && thousands && separates === usual) return usual;
    // `1.234` throughout: what programs write, with three decimals. The note says it, as a few people mean thousands.
    if (usual === 'point' && !doubtfulComma && !whole) return 'point';
    return this.#refuseDoubtful(doubtful);
  }

  /** How a value is read that is unusual or could be read otherwise, for people: `price: "1,570" is read as 1570`. */
  note(decimal: Decimal): string {
    const { pointOnly, doubtfulPoint } = this.#first;
    const text = this.#unusual || (pointOnly ? '' : (doubtfulPoint?.text ?? ''));
    return text && `${this.name}: ${JSON.stringify(text)} is read as ${readNumberText(text)[decimal]}`;
  }

  #refuseUnreadable(): never {
    throw this.#refusal(`Column ${this.name} holds what is not read as a number: ${quoted(this.#unreadable)}`, {
      remedy: 'Write numbers, leave these cells empty (their rows are then left out), or leave the column out.',
      seen: this.#unreadable,
    });
  }

  #refuseTwoWays(one: Seen, other: Seen): never {
    const seen = [one, other].sort((a, b) => a.line - b.line);
    throw this.#refusal(`Column ${this.name} writes its numbers in more than one way: ${quoted(seen)}`, {
      remedy: 'Write all numbers of a column in the same way.',
      seen,
    });
  }

  #refuseDoubtful(seen: Seen): never {
    const { point, comma } = readNumberText(seen.text);
    throw this.#refusal(`Column ${this.name} does not tell whether ${quoted([seen])} is ${point} or ${comma}`, {
      remedy: 'Write its numbers without thousands separators, and with a point before decimals.',
      seen: [seen],
    });
  }

  #refusal(message: string, { remedy, seen }: { remedy: string; seen: readonly Seen[] }): FreezeframeError {
    return new FreezeframeError('csv-invalid', message, { remedy, details: { column: this.name, values: seen } });
  }
}

/** `"33,5" (line 2) and "33.5" (line 7)` */
export function quoted(seen: readonly Seen[]): string {
  return seen.map(({ text, line }) => `${JSON.stringify(text.slice(0, 40))} (line ${line})`).join(' and ');
}

/** What the columns that leave no doubt say of the others; without any, the delimiter. */
export function usualDecimal(columns: readonly ColumnNotation[], delimiter: string): Decimal | undefined {
  const [point, comma] = [columns.some(({ onlyPoint }) => onlyPoint), columns.some(({ onlyComma }) => onlyComma)];
  if (point && comma) return undefined;
  if (point || comma) return point ? 'point' : 'comma';
  return delimiter === ';' ? 'comma' : 'point';
}
