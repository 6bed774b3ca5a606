import { $, announce, element } from '../dom.js';
import { currentShot, page } from '../state.js';
import { headline, percent, quantity, spoken } from '../words.js';
import { explain } from './why.js';

/** @typedef {import('../words.js').Answer} Answer */
/** @typedef {import('../words.js').Prediction} Prediction */
/** @typedef {import('../state.js').Subject} Subject */

const PARTS = ['idle', 'working', 'result', 'problem', 'key'];

/** @type {unknown[]} What is on the panel: drawing the same again would move its bars and be read out again. */
let shown = [];
let said = '';

/** The answer panel. */
export function renderAnswer() {
  const subject = page.current;
  const state = subject ? (subject.state === 'waiting' ? 'working' : subject.state) : 'idle';
  const explained = state === 'result' && page.why ? (currentShot()?.map?.label ?? '') : undefined;
  const now = [subject, state, subject?.answer, subject?.problem, explained];
  if (now.every((part, index) => part === shown[index]) && shown.length > 0) return;
  const isNews = now.slice(0, 4).some((part, index) => part !== shown[index]);
  shown = now;
  if (state === 'result' && subject?.answer) drawAnswer(subject.answer, subject.timing ?? '', explained);
  if (state === 'problem' || state === 'key') drawProblem(subject);
  show(state, subject?.moving === true || !isNews);
  if (isNews) tell(state, subject);
}

/** Shows one part of the panel and hides the others. @param {string} state @param {boolean} isQuiet */
function show(state, isQuiet) {
  const holder = document.activeElement?.closest('#answer > *');
  for (const part of PARTS) $(part).hidden = part !== state;
  $('answer').dataset.state = state;
  $('answer').setAttribute('aria-busy', String(state === 'working'));
  // What had the focus is gone: without this it would begin again at the top of the page.
  if (holder instanceof HTMLElement && holder.hidden) $('answer').focus({ preventScroll: true });
  if (isQuiet || (state !== 'result' && state !== 'problem')) return;
  // On a phone the answer is below the picture: bring it into view, moving no further than that takes.
  const behavior = matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth';
  $('answer').scrollIntoView({ block: 'nearest', behavior });
}

/** @param {string} state @param {Subject | undefined} subject */
function tell(state, subject) {
  if (state === 'working') return subject?.moving ? undefined : announce('');
  const { answer, problem, timing, moving } = subject ?? {};
  if (state === 'result' && answer) {
    const text = moving ? headline(answer)[0] : `${spoken(answer)}. ${timing}.`;
    if (text !== said || !moving) announce(text);
    said = text;
  } else if (problem) announce(`${problem.title}. ${problem.detail ?? ''}`);
}

/** @param {Answer} answer @param {string} timing @param {string | undefined} explained */
function drawAnswer(answer, timing, explained) {
  const { known, predictions = [], values = [] } = answer;
  const [what, share] = headline(answer);
  $('verdict').textContent = what;
  $('share').textContent = share;
  $('timing').textContent = timing;
  $('verdict').parentElement.hidden = values.length > 0;
  $('none-note').hidden = known !== false || predictions.length === 0;
  $('result').classList.toggle('none', known === false);
  $('bars').hidden = predictions.length === 0;
  drawBars(predictions, explained);
  $('values').hidden = values.length === 0;
  $('values').replaceChildren(
    ...values.map((value) => {
      const row = element('div');
      row.append(element('dt', '', value.name), element('dd', '', quantity(value)));
      return row;
    }),
  );
}

/** Rows that are there already are changed, so that bars grow from where they are and a label keeps the focus. */
/** @param {Prediction[]} predictions @param {string | undefined} explained */
function drawBars(predictions, explained) {
  const bars = $('bars');
  const isKind = (/** @type {Element} */ row) => (row.querySelector('button') !== null) === (explained !== undefined);
  if (![...bars.children].every(isKind)) bars.replaceChildren();
  while (bars.children.length > predictions.length) bars.lastChild.remove();
  while (bars.children.length < predictions.length) bars.append(newBar(explained !== undefined));
  for (const [index, { label, probability }] of predictions.entries()) {
    const row = bars.children[index];
    const name = row.querySelector('.label');
    name.textContent = label;
    if (explained !== undefined) {
      name.setAttribute('aria-pressed', String(label === explained));
      name.title = `Show what speaks for ${label}`;
    }
    row.querySelector('.percent').textContent = percent(probability);
    const width = `${probability * 100}%`;
    // Bars grow from nothing: their width is set once they have been drawn without.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        row.querySelector('i').style.width = width;
      }),
    );
  }
}

/** @param {boolean} isChoice */
function newBar(isChoice) {
  const row = element('li');
  const track = element('span', 'bar');
  track.setAttribute('aria-hidden', 'true');
  track.append(element('i'));
  const name = element(isChoice ? 'button' : 'span', 'label');
  if (isChoice) {
    name.type = 'button';
    name.addEventListener('click', () => {
      const shot = currentShot();
      if (shot) void explain(shot, name.textContent);
    });
  }
  row.append(name, element('span', 'percent'), track);
  return row;
}

/** @param {Subject | undefined} subject */
function drawProblem(subject) {
  const { title = '', detail = '' } = subject?.problem ?? {};
  $('problem-title').textContent = $('key-lead').textContent = title;
  $('problem-detail').textContent = detail;
  $('retry').hidden = !subject?.retry;
}
