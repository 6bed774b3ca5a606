// The page's own code: no dependencies, put together into the page. Types are checked by the tsconfig.json above.

import { $ } from './dom.js';
import { hasCamera, keepPicture, renderLive, startCamera, stopCamera } from './live.js';
import { choose, meetModels } from './models.js';
import { useKey } from './service.js';
import { take } from './shots.js';
import { changed, onChange, page, showProblem } from './state.js';
import { renderAnswer } from './views/answer.js';
import { offerExamples, renderExamples } from './views/examples.js';
import { renderFrame } from './views/frame.js';
import { askNumbers, renderNumbers } from './views/numbers.js';
import { copyProgram, renderProgram } from './views/program.js';
import { renderRoll } from './views/roll.js';
import { renderWhy } from './views/why.js';

for (const render of [
  renderFrame,
  renderLive,
  renderWhy,
  renderAnswer,
  renderRoll,
  renderNumbers,
  renderProgram,
  renderExamples,
])
  onChange(render);

/** @param {Iterable<File>} files */
function takeFiles(files) {
  stopCamera();
  take(files);
}

/** @param {DataTransfer | null} data */
const picturesIn = (data) => [...(data?.files ?? [])];
const takesPictures = () => page.model?.input.kind !== 'tensors';

$('models').addEventListener('change', () => {
  const model = page.models[Number($('models').value)];
  if (model) choose(model);
});

$('choose').addEventListener('click', () => $('file').click());
$('frame').addEventListener('click', () => (page.camera ? undefined : $('file').click()));
$('camera').addEventListener('click', () => $('capture').click());
for (const id of ['file', 'capture']) {
  $(id).addEventListener('change', (/** @type {Event} */ event) => {
    const input = /** @type {HTMLInputElement} */ (event.target);
    takeFiles([...(input.files ?? [])]);
    input.value = ''; // the same picture may be chosen again
  });
}
// A camera that opens at once is a phone's; elsewhere `capture` is a second file chooser.
$('camera').hidden = !matchMedia('(pointer: coarse)').matches;

$('live').hidden = !hasCamera();
$('live').addEventListener('click', () => (page.camera ? stopCamera() : startCamera()));
$('keep').addEventListener('click', () => {
  $('live').focus(); // it hides itself
  void keepPicture();
});
// Nobody looks: nothing is filmed, and nothing is asked.
document.addEventListener('visibilitychange', () => {
  if (document.hidden) stopCamera();
});
addEventListener('pagehide', stopCamera);

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
  if (takesPictures()) takeFiles(picturesIn(event.dataTransfer));
});
addEventListener('paste', (event) => {
  const files = picturesIn(event.clipboardData);
  if (files.length > 0 && takesPictures()) takeFiles(files);
});

$('paste').hidden = !navigator.clipboard?.read || !matchMedia('(pointer: coarse)').matches;
$('paste').addEventListener('click', async () => {
  try {
    for (const item of await navigator.clipboard.read()) {
      const type = item.types.find((one) => one.startsWith('image/'));
      if (type) return takeFiles([new File([await item.getType(type)], 'pasted picture', { type })]);
    }
    showProblem({ title: 'There is no picture to paste', detail: 'Copy a picture first.' });
  } catch {
    showProblem({ title: 'Pasting was not allowed', detail: 'Choose the picture instead.' });
  }
});

$('why').addEventListener('change', () => {
  page.why = $('why').checked;
  changed();
});
$('retry').addEventListener('click', () => page.current?.retry?.());
$('copy').addEventListener('click', copyProgram);
for (const radio of document.querySelectorAll('input[name="language"]'))
  radio.addEventListener('change', renderProgram);
offerExamples();

$('numbers').addEventListener('submit', (/** @type {SubmitEvent} */ event) => {
  event.preventDefault();
  void askNumbers();
});
$('key').addEventListener('submit', async (/** @type {SubmitEvent} */ event) => {
  event.preventDefault();
  const key = $('key-value').value.trim();
  // What no header can carry is no key.
  if (!/^[\x21-\x7e]+$/.test(key)) return $('key-value').focus();
  useKey(key);
  page.current = undefined;
  changed();
  await meetModels();
});

void meetModels();
