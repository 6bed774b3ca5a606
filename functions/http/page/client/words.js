/** @typedef {{ label: string, probability: number }} Prediction */
/** @typedef {{ name: string, value: number, unit: string }} Value */
/** @typedef {{ model: { name: string, version: string }, known?: boolean, predictions?: Prediction[], values?: Value[] }} Answer */

const inPercent = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 });

/** Never claims a certainty that was not answered. @param {number} share */
export function percent(share) {
  if (share > 0 && share < 0.001) return `< ${inPercent.format(0.001)}`;
  if (share < 1 && share > 0.999) return `> ${inPercent.format(0.999)}`;
  return inPercent.format(share);
}

const CURRENCIES = new Map([
  ['$', 'USD'],
  ['USD', 'USD'],
  ['dollars', 'USD'],
  ['€', 'EUR'],
  ['EUR', 'EUR'],
  ['euros', 'EUR'],
]);

/** @param {Value} value */
export function quantity({ value, unit }) {
  const currency = CURRENCIES.get(unit);
  if (currency) return value.toLocaleString(undefined, { style: 'currency', currency, maximumFractionDigits: 0 });
  return `${value.toLocaleString(undefined, { maximumSignificantDigits: 6 })} ${unit}`.trim();
}

/** @param {number} time */
export function milliseconds(time) {
  return `${time < 10 ? time.toFixed(1) : Math.round(time)} ms`;
}

/** What is answered, in the fewest words. @param {Answer} answer @returns {[what: string, share: string]} */
export function headline({ known, predictions, values }) {
  if (known === false) return ['None of these', ''];
  if (predictions?.[0]) return [predictions[0].label, percent(predictions[0].probability)];
  if (values?.[0]) return [quantity(values[0]), ''];
  return ['Nothing above the threshold', ''];
}

/** The same for those who listen. @param {Answer} answer */
export function spoken(answer) {
  const { known, predictions, values = [] } = answer;
  if (values.length > 0) return values.map((value) => `${value.name}: ${quantity(value)}`).join('. ');
  const [what, share] = headline(answer);
  const [nearest] = predictions ?? [];
  if (known === false && nearest) return `${what}. The nearest: ${nearest.label}, ${percent(nearest.probability)}`;
  return share ? `${what}, ${share}` : what;
}
