import { $, element } from '../dom.js';
import { lookAt } from '../shots.js';
import { page } from '../state.js';
import { headline } from '../words.js';

/** @typedef {import('../state.js').Shot} Shot */

/** @type {WeakMap<Shot, any>} Each picture keeps its element, and so the focus that is on it. */
const frames = new WeakMap();
/** @type {Shot | undefined} */
let last;

/** The pictures so far, each with what became of it; the sheet appears with the second one. */
export function renderRoll() {
  const { shots, current, models } = page;
  $('roll').hidden = shots.length < 2;
  const list = $('shots');
  const wanted = shots.map(frameOf);
  for (const frame of [...list.children]) if (!wanted.includes(frame)) frame.remove();
  for (const frame of wanted) if (!frame.isConnected) list.append(frame);
  for (const shot of shots) draw(shot, shot === current, models.length > 1);
  const newest = shots.at(-1);
  if (newest && newest !== last) list.scrollTop = list.scrollHeight;
  last = newest;
}

/** @param {Shot} shot */
function frameOf(shot) {
  const known = frames.get(shot);
  if (known) return known;
  const open = element('button', 'open');
  const img = document.createElement('img');
  img.onerror = () => img.classList.add('blank');
  Object.assign(img, { src: shot.url, alt: '' });
  open.append(img, element('span', 'said'), element('span', 'by'));
  Object.assign(open, { type: 'button', title: shot.name });
  open.addEventListener('click', () => lookAt(shot));
  const retry = element('button', 'retry', 'Try again');
  retry.type = 'button';
  retry.setAttribute('aria-label', `Try again: ${shot.name || 'this picture'}`);
  retry.addEventListener('click', () => {
    open.focus(); // it hides itself
    shot.retry?.();
  });
  const frame = element('li');
  frame.append(open, retry);
  frames.set(shot, frame);
  return frame;
}

/** @param {Shot} shot @param {boolean} isCurrent @param {boolean} isOneOfSeveral */
function draw(shot, isCurrent, isOneOfSeveral) {
  const frame = frameOf(shot);
  frame.dataset.state = shot.state;
  const open = frame.querySelector('.open');
  if (isCurrent) open.setAttribute('aria-current', 'true');
  else open.removeAttribute('aria-current');
  frame.querySelector('.said').textContent = wordsOf(shot);
  const by = frame.querySelector('.by');
  by.hidden = !isOneOfSeveral || shot.state !== 'result';
  by.textContent = shot.model ? `${shot.model.name} v${shot.model.version}` : '';
  frame.querySelector('.retry').hidden = shot.state !== 'problem';
}

/** @param {Shot} shot */
function wordsOf({ state, answer, problem }) {
  if (state === 'result' && answer) return headline(answer).join(' ').trim();
  if (state === 'problem') return problem?.title ?? '';
  return state === 'working' ? 'Looking…' : 'Waiting…';
}
