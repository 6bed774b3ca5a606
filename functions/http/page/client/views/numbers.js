import { $, element } from '../dom.js';
import { ask, asProblem } from '../service.js';
import { changed, page, showProblem, update } from '../state.js';

/** @typedef {import('../state.js').Model} Model */
/** @typedef {import('../state.js').Subject} Subject */

const MOST_FIELDS = 64;

/** @type {Model | undefined} */
let asked;

/** A model of numbers has no use for a picture: the page becomes a form. */
export function renderNumbers() {
  const { model } = page;
  if (model === asked || model?.input.kind !== 'tensors') return;
  asked = model;
  const fields = fieldsOf(model);
  $('fields').hidden = $('ask-numbers').hidden = !fields;
  $('numbers-lead').textContent = fields
    ? `This model takes ${fields.length === 1 ? 'a number' : `${fields.length} numbers`}, not pictures.`
    : 'This model takes whole tensors, not pictures: send them to POST /classify as {"tensors": [...]}.';
  $('fields').replaceChildren(
    ...(fields ?? []).map(({ name, unit }) => {
      const label = element('label', '', unit ? `${name} (${unit})` : name);
      const input = document.createElement('input');
      Object.assign(input, { type: 'number', step: 'any', required: true, inputMode: 'decimal', autocomplete: 'off' });
      input.addEventListener('input', changed); // the program below holds them
      label.append(input);
      return label;
    }),
  );
}

/** What is asked for, or undefined where it is more than a form holds. @param {Model} model */
function fieldsOf({ input: { tensors = [], features } }) {
  const [tensor, ...more] = tensors;
  const size = tensor?.shape[1] ?? 0;
  if (!tensor || more.length > 0 || tensor.shape.length !== 2 || size === 0 || size > MOST_FIELDS) return undefined;
  const fields = features ?? Array.from({ length: size }, (_, i) => ({ name: `Number ${i + 1}`, unit: '' }));
  return fields.length === size ? fields : undefined;
}

/** @returns {HTMLInputElement[]} */
const inputs = () => [...$('fields').querySelectorAll('input')];

/** The numbers as a request, undefined where the form cannot hold what the model takes; a field that is empty is 0. */
export function numbersBody() {
  const tensor = page.model?.input.tensors?.[0];
  const numbers = inputs();
  if (!tensor || numbers.length === 0) return undefined;
  const { name, datatype, shape } = tensor;
  const data = numbers.map(({ valueAsNumber }) => (Number.isNaN(valueAsNumber) ? 0 : valueAsNumber));
  return JSON.stringify({ tensors: [{ name, datatype, shape: [1, ...shape.slice(1)], data }] });
}

export async function askNumbers() {
  const { model } = page;
  for (const input of inputs()) input.setAttribute('aria-invalid', String(!input.checkValidity()));
  const wrong = inputs().find((input) => !input.checkValidity());
  if (wrong) {
    wrong.focus();
    return showProblem({ title: 'A number is missing', detail: `Fill in “${wrong.parentElement?.textContent}”.` });
  }
  /** @type {Subject} */
  const subject = { state: 'working', retry: askNumbers };
  page.current = subject;
  changed();
  try {
    if (!model) throw new Error('no model');
    update(subject, { state: 'result', ...(await ask(model, numbersBody() ?? '', 'application/json')) });
  } catch (error) {
    update(subject, { state: 'problem', problem: asProblem(error) });
  }
}
