/** A number as it is written, under both readings of its separators; NaN where it is no number in that reading. */
export interface NumberText {
  /** `1,234.5` */
  point: number;
  /** `1.234,5` */
  comma: number;
  /** The currency's sign or code, `%`, or nothing. */
  unit: string;
}

/** What is longer is no number; expressions that look for one in a megabyte take hours. */
const MAX_LENGTH = 100;
const NONE: NumberText = { point: Number.NaN, comma: Number.NaN, unit: '' };

/** As programs write it. */
const PLAIN = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
/** The hyphen, its typographic relatives, the en dash, and the minus itself. */
const MINUS = /^[-\u2010-\u2013\u2212\ufe63\uff0d]\s*(.*)$/s;
const PLUS = /^[+\uff0b]\s*(.*)$/s;
const PARENTHESES = /^\(\s*(.*\S)\s*\)$/s;
const PERCENT = /^(.*\S)\s*[%\uff05]$/s;
/** `$`, `US$`, `$US`; codes are checked against the list; short names are those that spreadsheets write. */
const CURRENCY = '[A-Z]{0,3}\\p{Sc}|\\p{Sc}[A-Z]{2,3}|[A-Z]{3}|kr\\.?|zł|Kč|Ft|Fr\\.?|lei';
const CURRENCY_FIRST = new RegExp(`^(${CURRENCY})\\s*(.*)$`, 'su');
const CURRENCY_LAST = new RegExp(`^(.*\\d[.,]?)\\s*(${CURRENCY})$`, 'su');
const CODES = new Set(Intl.supportedValuesOf('currency'));

/** Thousands: one sign for all of a number. A number in groups has no leading zero. */
function grouped(sign: string): string {
  return `[1-9]\\d{0,2}([${sign}'’\\s])\\d{3}(?:\\1\\d{3})*`;
}

/** `1,23,45,678`, as it is written in India. */
const LAKHS = '[1-9]\\d?(?:,\\d{2})+,\\d{3}';
const DIGITS = /^[\d.,][\d.,'’\s]*(?:[eE][-+\u2212]?\d+)?$/;
const EXPONENT = '(?:[eE][-+\\u2212]?\\d+)?';
const POINT = new RegExp(`^(?:(?:${grouped(',')}|${LAKHS})(?:\\.\\d*)?|(?:\\d+(?:\\.\\d*)?|\\.\\d+)${EXPONENT})$`);
const COMMA = new RegExp(`^(?:${grouped('.')}(?:,\\d*)?|(?:\\d+(?:,\\d*)?|,\\d+)${EXPONENT})$`);

export function isPlainNumber(text: string): boolean {
  return PLAIN.test(text);
}

/** Reads signs, parentheses for negative numbers, a currency or a percent sign, thousands, decimals and exponents. */
export function readNumberText(text: string): NumberText {
  if (/^-?\d+$/.test(text)) return { point: Number(text), comma: Number(text), unit: '' };
  const trimmed = text.trim();
  const peeled = trimmed.length > MAX_LENGTH ? undefined : peel(trimmed);
  if (!peeled) return NONE;
  const { negative, unit, digits } = peeled;
  const sign = negative ? -1 : 1;
  return { point: sign * numberOf(digits, POINT, '.'), comma: sign * numberOf(digits, COMMA, ','), unit };
}

function numberOf(digits: string, style: RegExp, decimal: '.' | ','): number {
  if (!style.test(digits)) return Number.NaN;
  const groups = decimal === '.' ? /[,'’\s]/g : /[.'’\s]/g;
  return Number(digits.replaceAll(groups, '').replace(',', '.').replace('\u2212', '-'));
}

/** Takes off what stands around the digits: one sign and one unit at most. */
function peel(text: string): { negative: boolean; unit: string; digits: string } | undefined {
  let digits = text;
  let sign: '+' | '-' | undefined;
  let unit: string | undefined;
  for (;;) {
    if (DIGITS.test(digits)) return { negative: sign === '-', unit: unit ?? '', digits };
    const signed = PARENTHESES.exec(digits) ?? MINUS.exec(digits);
    const positive = signed ? null : PLUS.exec(digits);
    const percent = PERCENT.exec(digits);
    const [, before, after] = CURRENCY_FIRST.exec(digits) ?? [];
    const [, number, behind] = CURRENCY_LAST.exec(digits) ?? [];
    if (signed ?? positive) {
      if (sign) return undefined;
      sign = signed ? '-' : '+';
      digits = (signed ?? positive)?.[1] as string;
      continue;
    }
    const found = percent ? '%' : (before ?? behind);
    if (found === undefined || unit !== undefined) return undefined;
    if (/^[A-Z]{3}$/.test(found) && !CODES.has(found)) return undefined;
    unit = found;
    digits = (percent?.[1] ?? after ?? number) as string;
  }
}
