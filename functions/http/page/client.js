// The page's own code: no dependencies, inlined into the page. Types are checked by the tsconfig.json beside it.

/** @typedef {{ label: string, probability: number }} Prediction */
/** @typedef {{ name: string, value: number, unit: string }} Value */
/** @typedef {{ model: { name: string, version: string }, predictions?: Prediction[], values?: Value[] }} Answer */
/** @typedef {{ title: string, detail?: string }} Problem */
/** @typedef {{ url: string, name: string, size: string, answer?: Answer, problem?: Problem, timing?: string }} Shot */
/** @typedef {{ kind: string, tensors?: { name: string, shape: (number | null)[], datatype: string }[], features?: { name: string, unit?: string }[] }} ModelInput */
/** @typedef {{ name: string, version: string, input: ModelInput, output: { kind: string, labels?: string[] } }} Model */

/** Sent as they are; anything else (HEIC above all) is redrawn as JPEG by the browser, where it can. */
const UNDERSTOOD = ['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/avif', 'image/tiff'];
/** API Gateway hands a function 6 MB, in which a binary body is a third larger: 4.5 MB. Below this, send the original. */
const SEND_AS_IS = 3_500_000;
/** Models look at a few hundred pixels; this keeps the detail that cropping needs. */
const LONGEST_SIDE = 2048;
const KEPT_SHOTS = 24;
const SHOWN_LABELS = 12;

/** @param {string} id @returns {any} An element of index.html; a wrong id fails at once. */
function $(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`no element #${id}`);
  return element;
}

/** @type {Shot[]} */
const shots = [];
/** @type {Model | undefined} */
let model;
let queue = Promise.resolve();

// --- the model -------------------------------------------------------------------------------------------------------

async function meetModel() {
  try {
    const response = await fetch('models', { headers: { accept: 'application/json', ...credentials() } });
    if (response.status === 401 || response.status === 403) return askForKey();
    if (!response.ok) throw await problemOf(response);
    const { default: preferred, models } = await response.json();
    const found = models.find(
      (/** @type {Model} */ one) => one.name === preferred?.name && one.version === preferred?.version,
    );
    if (!found) throw { title: 'No model is loaded', detail: 'The service is running, but has no model to ask.' };
    model = found;
    introduce(found);
  } catch (error) {
    $('model').dataset.state = 'absent';
    $('model-name').textContent = 'No model';
    showProblem(asProblem(error));
  }
}

// --- the key ---------------------------------------------------------------------------------------------------------

/** A tab's own storage: it is gone with the tab, and no other tab sees it. */
const KEY = 'freezeframe-key';

/** @returns {Record<string, string>} */
function credentials() {
  const key = sessionStorage.getItem(KEY);
  return key ? { authorization: `Bearer ${key}` } : {};
}

/** The service wants one, or another than was given. */
function askForKey() {
  $('model').dataset.state = 'absent';
  $('model-name').textContent = 'No key';
  $('key-lead').textContent = sessionStorage.getItem(KEY)
    ? 'This key does not open it.'
    : 'This service asks for a key.';
  sessionStorage.removeItem(KEY);
  $('key-value').value = '';
  show('key');
  $('announcer').textContent = $('key-lead').textContent;
}

/** @param {SubmitEvent} event */
async function useKey(event) {
  event.preventDefault();
  const key = $('key-value').value.trim();
  // What no header can carry is no key.
  if (!/^[\x21-\x7e]+$/.test(key)) return $('key-value').focus();
  sessionStorage.setItem(KEY, key);
  show('idle');
  await meetModel();
}

/** @param {Model} found */
function introduce({ name, version, input, output }) {
  $('model').dataset.state = 'ready';
  $('model-name').textContent = `${name} · version ${version}`;
  $('edge-stock').textContent = `${name} v${version}`;
  const labels = output.labels ?? [];
  if (labels.length > 0) {
    $('knows').hidden = $('labels').hidden = false;
    $('knows').textContent = `This model tells ${labels.length} things apart:`;
    const shown = labels.slice(0, SHOWN_LABELS).map((label) => element('li', '', label));
    if (labels.length > SHOWN_LABELS) shown.push(element('li', '', `and ${labels.length - SHOWN_LABELS} more`));
    $('labels').replaceChildren(...shown);
  }
  if (input.kind === 'tensors') askForNumbers(input);
}

/** A model of numbers has no use for a picture: the page becomes a form. @param {ModelInput} input */
function askForNumbers({ tensors = [], features }) {
  $('picture-side').hidden = true;
  $('numbers-side').hidden = false;
  $('idle').querySelector('.lead').textContent = 'Give it some numbers.';
  const size = tensors[0]?.shape[1] ?? 0;
  const fields = features ?? Array.from({ length: size }, (_, i) => ({ name: `Number ${i + 1}`, unit: '' }));
  if (tensors.length !== 1 || fields.length !== size || size > 64) {
    $('numbers').replaceChildren(
      element('p', '', 'This model takes whole tensors: send them to POST /classify as {"tensors": [...]}.'),
    );
    return;
  }
  $('fields').replaceChildren(
    ...fields.map(({ name, unit }) => {
      const label = element('label', '', unit ? `${name} (${unit})` : name);
      const input = document.createElement('input');
      Object.assign(input, { type: 'number', step: 'any', required: true, inputMode: 'decimal', autocomplete: 'off' });
      label.append(input);
      return label;
    }),
  );
}

/** @param {SubmitEvent} event */
async function askNumbers(event) {
  event.preventDefault();
  /** @type {HTMLInputElement[]} */
  const inputs = [...$('fields').querySelectorAll('input')];
  for (const input of inputs) input.setAttribute('aria-invalid', String(!input.checkValidity()));
  const wrong = inputs.find((input) => !input.checkValidity());
  if (wrong) {
    wrong.focus();
    return showProblem({ title: 'A number is missing', detail: `Fill in “${wrong.parentElement?.textContent}”.` });
  }
  const { name, shape, datatype } = model?.input.tensors?.[0] ?? { name: '', shape: [], datatype: '' };
  const tensor = { name, datatype, shape: [1, ...shape.slice(1)], data: inputs.map((input) => input.valueAsNumber) };
  showWorking();
  try {
    const body = JSON.stringify({ tensors: [tensor] });
    showAnswer(await ask(body, 'application/json'));
  } catch (error) {
    showProblem(asProblem(error));
  }
}

// --- a picture -------------------------------------------------------------------------------------------------------

/** Queues pictures: they are shown and asked about one after the other. @param {Iterable<File>} files */
function take(files) {
  for (const file of files) queue = queue.then(() => classify(file));
}

/** @param {File} file */
async function classify(file) {
  /** @type {Shot} */
  const shot = { url: URL.createObjectURL(file), name: file.name, size: '' };
  shots.push(shot);
  if (shots.length > KEPT_SHOTS) URL.revokeObjectURL(shots.shift()?.url ?? '');
  showPicture(shot);
  showWorking();
  $('film').classList.remove('flash');
  void $('film').offsetWidth; // restarts the animation
  $('film').classList.add('flash');
  try {
    const picture = await prepare(file);
    Object.assign(shot, await ask(picture, picture.type));
  } catch (error) {
    shot.problem = asProblem(error);
  }
  showShot(shot);
}

/** The bytes to send: the file itself where it is small and understood, a JPEG drawn by this browser where not. @param {File} file */
async function prepare(file) {
  if (file.size === 0) throw { title: 'This file is empty', detail: 'Choose another picture.' };
  const understood = UNDERSTOOD.includes(file.type);
  if (understood && file.size <= SEND_AS_IS) return file;
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' });
    const scale = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    const pen = canvas.getContext('2d');
    if (!pen) throw new Error('no canvas');
    // JPEG has no transparency; the service lays pictures on white too.
    pen.fillStyle = '#fff';
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.imageSmoothingQuality = 'high';
    pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    /** @type {Blob | null} */
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.92));
    if (!blob) throw new Error('no blob');
    return blob;
  } catch {
    if (understood) return file;
    throw {
      title: 'This is not a picture that can be read',
      detail: 'Choose a JPEG, PNG, WebP, GIF, AVIF or TIFF picture.',
    };
  }
}

/** @param {BodyInit} body @param {string} type @returns {Promise<{ answer: Answer, timing: string }>} */
async function ask(body, type) {
  const started = performance.now();
  const response = await fetch('classify?top_k=5', {
    method: 'POST',
    headers: { 'content-type': type, accept: 'application/json', ...credentials() },
    body,
  });
  // Revoked meanwhile: loading the page again asks for another.
  if (response.status === 401) sessionStorage.removeItem(KEY);
  if (!response.ok) throw await problemOf(response);
  const answer = await response.json();
  const there = /total;dur=([\d.]+)/.exec(response.headers.get('server-timing') ?? '')?.[1];
  const total = `${milliseconds(performance.now() - started)} there and back`;
  const { name, version } = answer.model;
  return {
    answer,
    timing: [`${name} version ${version}`, there ? `${milliseconds(Number(there))} to answer` : '', total]
      .filter(Boolean)
      .join(' · '),
  };
}

/** @param {Response} response @returns {Promise<Problem>} */
async function problemOf(response) {
  /** @type {Record<string, unknown>} */
  const said = await response.json().catch(() => ({}));
  const title = typeof said.title === 'string' ? said.title : `The service answered ${response.status}`;
  // API Gateway's own refusals are `{"message"}`.
  const sentences = [said.detail ?? said.message, said.remedy].filter((part) => typeof part === 'string');
  const detail = sentences.map((sentence) => (/[.!?]$/.test(sentence) ? sentence : `${sentence}.`)).join(' ');
  return { title, detail };
}

/** @param {unknown} error @returns {Problem} */
function asProblem(error) {
  if (error && typeof error === 'object' && 'title' in error) return /** @type {Problem} */ (error);
  return { title: 'The service could not be reached', detail: 'Is it still running? Then try again.' };
}

// --- what is seen ----------------------------------------------------------------------------------------------------

/** Shows one part of the answer panel and hides the others. @param {'idle' | 'working' | 'result' | 'problem' | 'key'} state */
function show(state) {
  for (const part of ['idle', 'working', 'result', 'problem', 'key']) $(part).hidden = part !== state;
  $('answer').dataset.state = state;
  $('answer').setAttribute('aria-busy', String(state === 'working'));
  // On a phone the answer is below the picture: bring it into view, moving no further than that takes.
  const behavior = matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth';
  if (state === 'result' || state === 'problem') $('answer').scrollIntoView({ block: 'nearest', behavior });
}

function showWorking() {
  $('announcer').textContent = '';
  show('working');
}

/** @param {Shot} shot */
function showPicture(shot) {
  const preview = $('preview');
  const number = shots.indexOf(shot) + 1;
  $('edge-number').textContent = `▸ ${number}`;
  $('edge-half').textContent = `▸ ${number}A`;
  $('edge-size').textContent = shot.size;
  preview.onload = () => {
    shot.size = `${preview.naturalWidth} × ${preview.naturalHeight}`;
    $('edge-size').textContent = shot.size;
    // Enlarging a thumbnail smoothly would show less than there is.
    preview.classList.toggle('tiny', Math.max(preview.naturalWidth, preview.naturalHeight) <= 128);
  };
  preview.onerror = () => {
    preview.hidden = true;
    $('invitation').hidden = false;
    $('invitation').replaceChildren(element('span', '', `${shot.name} cannot be shown here`));
  };
  preview.alt = shot.name ? `Your picture: ${shot.name}` : 'Your picture';
  preview.src = shot.url;
  preview.hidden = false;
  $('invitation').hidden = true;
  showRoll(shot);
}

/** @param {Shot} shot */
function showShot(shot) {
  if (shot.answer) showAnswer({ answer: shot.answer, timing: shot.timing ?? '' });
  else if (shot.problem) showProblem(shot.problem);
  showRoll(shot);
}

/** The strip of pictures so far; it appears with the second one. @param {Shot} current */
function showRoll(current) {
  $('roll').hidden = shots.length < 2;
  const frames = shots.map((shot) => {
    const button = element('button');
    const img = document.createElement('img');
    img.onerror = () => img.classList.add('blank');
    Object.assign(img, { src: shot.url, alt: '' });
    const said = shot.problem?.title ?? (shot.answer && headline(shot.answer).join(' ')) ?? '…';
    button.append(img, element('span', '', said));
    Object.assign(button, { type: 'button', title: shot.name });
    if (shot === current) button.setAttribute('aria-current', 'true');
    button.addEventListener('click', () => {
      showPicture(shot);
      showShot(shot);
      // The strip was drawn anew: keep the focus where it was.
      $('shots').children[shots.indexOf(shot)]?.querySelector('button').focus();
    });
    const frame = element('li');
    frame.append(button);
    return frame;
  });
  $('shots').replaceChildren(...frames);
  $('shots').scrollLeft = frames[shots.indexOf(current)]?.offsetLeft ?? 0;
}

/** @param {{ answer: Answer, timing: string }} shown */
function showAnswer({ answer, timing }) {
  const [what, share] = headline(answer);
  $('verdict').textContent = what;
  $('share').textContent = share;
  $('timing').textContent = timing;
  const predictions = answer.predictions ?? [];
  $('verdict').parentElement.hidden = predictions.length === 0;
  $('bars').hidden = predictions.length === 0;
  $('bars').replaceChildren(...predictions.map(bar));
  const values = answer.values ?? [];
  $('values').hidden = values.length === 0;
  $('values').replaceChildren(
    ...values.map((value) => {
      const row = element('div');
      row.append(element('dt', '', value.name), element('dd', '', quantity(value)));
      return row;
    }),
  );
  show('result');
  const said =
    values.length > 0 ? values.map((value) => `${value.name}: ${quantity(value)}`).join('. ') : `${what}, ${share}`;
  $('announcer').textContent = `${said}. ${timing}.`;
  // Bars grow from nothing: their width is set once they have been drawn without.
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      for (const [i, { probability }] of predictions.entries()) {
        const fill = $('bars').children[i]?.querySelector('i');
        if (fill) fill.style.width = `${probability * 100}%`;
      }
    }),
  );
}

/** @param {Prediction} prediction */
function bar({ label, probability }) {
  const row = element('li');
  const track = element('span', 'bar');
  track.setAttribute('aria-hidden', 'true');
  track.append(element('i'));
  row.append(element('span', 'label', label), element('span', 'percent', percent(probability)), track);
  return row;
}

/** @param {Problem} problem */
function showProblem({ title, detail = '' }) {
  $('problem-title').textContent = title;
  $('problem-detail').textContent = detail;
  show('problem');
  $('announcer').textContent = `${title}. ${detail}`;
}

/** @param {Answer} answer @returns {[string, string]} */
function headline({ predictions, values }) {
  if (predictions?.[0]) return [predictions[0].label, percent(predictions[0].probability)];
  if (values?.[0]) return [quantity(values[0]), ''];
  return ['Nothing above the threshold', ''];
}

const inPercent = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 });

/** Never claims a certainty that was not answered. @param {number} share */
function percent(share) {
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
function quantity({ value, unit }) {
  const currency = CURRENCIES.get(unit);
  if (currency) return value.toLocaleString(undefined, { style: 'currency', currency, maximumFractionDigits: 0 });
  return `${value.toLocaleString(undefined, { maximumSignificantDigits: 6 })} ${unit}`.trim();
}

/** @param {number} time */
function milliseconds(time) {
  return `${time < 10 ? time.toFixed(1) : Math.round(time)} ms`;
}

/** @param {string} tag @param {string} [className] @param {string} [text] @returns {any} */
function element(tag, className = '', text = '') {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

// --- what is done ----------------------------------------------------------------------------------------------------

/** @param {DataTransfer | null} data */
const picturesIn = (data) => [...(data?.files ?? [])];

$('choose').addEventListener('click', () => $('file').click());
$('frame').addEventListener('click', () => $('file').click());
$('camera').addEventListener('click', () => $('capture').click());
for (const id of ['file', 'capture']) {
  $(id).addEventListener('change', (/** @type {Event} */ event) => {
    const input = /** @type {HTMLInputElement} */ (event.target);
    take([...(input.files ?? [])]);
    input.value = ''; // the same picture may be chosen again
  });
}
// A camera that opens at once is a phone's; elsewhere `capture` is a second file chooser.
$('camera').hidden = !matchMedia('(pointer: coarse)').matches;

// The whole window takes a drop: missing the frame must not make the browser open the picture instead.
addEventListener('dragover', (event) => {
  event.preventDefault();
  $('frame').classList.add('over');
});
addEventListener('dragleave', (event) => {
  if (!event.relatedTarget) $('frame').classList.remove('over');
});
addEventListener('drop', (event) => {
  event.preventDefault();
  $('frame').classList.remove('over');
  take(picturesIn(event.dataTransfer));
});
addEventListener('paste', (event) => take(picturesIn(event.clipboardData)));

$('paste').hidden = !navigator.clipboard?.read || !matchMedia('(pointer: coarse)').matches;
$('paste').addEventListener('click', async () => {
  try {
    for (const item of await navigator.clipboard.read()) {
      const type = item.types.find((one) => one.startsWith('image/'));
      if (type) return take([new File([await item.getType(type)], 'pasted picture', { type })]);
    }
    showProblem({ title: 'There is no picture to paste', detail: 'Copy a picture first.' });
  } catch {
    showProblem({ title: 'Pasting was not allowed', detail: 'Choose the picture instead.' });
  }
});

$('numbers').addEventListener('submit', askNumbers);
$('key').addEventListener('submit', useKey);

meetModel();
