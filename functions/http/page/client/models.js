import { $, element } from './dom.js';
import { askForModels, asProblem, forgetKey, hasKey, problemOf } from './service.js';
import { enqueue } from './shots.js';
import { changed, currentShot, page, showProblem } from './state.js';

/** @typedef {import('./state.js').Model} Model */

const SHOWN_LABELS = 12;

export async function meetModels() {
  try {
    const response = await askForModels();
    if (response.status === 401 || response.status === 403) return askForKey();
    if (!response.ok) throw await problemOf(response);
    const { default: preferred, models } = await response.json();
    const found = models.find(
      (/** @type {Model} */ one) => one.name === preferred?.name && one.version === preferred?.version,
    );
    if (!found) throw { title: 'No model is loaded', detail: 'The service is running, but has no model to ask.' };
    page.models = models;
    page.preferred = found;
    offer(models);
    choose(found);
  } catch (error) {
    absent('No model');
    showProblem(asProblem(error), () => {
      page.current = undefined;
      changed();
      void meetModels();
    });
  }
}

/** The service wants a key, or another than was given. */
function askForKey() {
  absent('No key');
  const title = hasKey() ? 'This key does not open it.' : 'This service asks for a key.';
  forgetKey();
  $('key-value').value = '';
  page.current = { state: 'key', problem: { title } };
  changed();
}

/** @param {string} why */
function absent(why) {
  $('model').dataset.state = 'absent';
  $('model-name').textContent = why;
}

/** @param {Model[]} models */
function offer(models) {
  $('chooser').hidden = models.length < 2;
  $('model-name').hidden = models.length > 1;
  $('models').replaceChildren(
    ...models.map((model, index) => {
      const option = element('option', '', `${model.name} · version ${model.version}`);
      option.value = String(index);
      return option;
    }),
  );
}

/** @param {Model} model */
export function choose(model) {
  page.model = model;
  $('models').value = String(page.models.indexOf(model));
  introduce(model);
  const takesPictures = model.input.kind === 'picture';
  const shot = currentShot();
  // A picture is asked about again; an answer to numbers means nothing to another model.
  if (takesPictures && shot) enqueue(shot);
  else page.current = undefined;
  changed();
}

/** @param {Model} model */
function introduce({ name, version, input, output }) {
  $('model').dataset.state = 'ready';
  $('model-name').textContent = `${name} · version ${version}`;
  const labels = output.labels ?? [];
  $('knows').hidden = $('labels').hidden = labels.length === 0;
  const none = output.unknown ? ', and says when it sees none of them' : '';
  $('knows').textContent = `This model tells ${labels.length} things apart${none}:`;
  const shown = labels.slice(0, SHOWN_LABELS).map((label) => element('li', '', label));
  if (labels.length > SHOWN_LABELS) shown.push(element('li', '', `and ${labels.length - SHOWN_LABELS} more`));
  $('labels').replaceChildren(...shown);
  const takesPictures = input.kind === 'picture';
  $('picture-side').hidden = !takesPictures;
  $('numbers-side').hidden = takesPictures;
  $('idle-lead').textContent = takesPictures ? 'Show it a picture.' : 'Give it some numbers.';
}
