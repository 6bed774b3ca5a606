import { prepare } from './picture.js';
import { ask, asProblem } from './service.js';
import { changed, page, update } from './state.js';

/** @typedef {import('./state.js').Shot} Shot */

const KEPT_SHOTS = 24;
/** Pictures that are asked about at the same time: a browser opens six connections, and a phone has little memory. */
const AT_ONCE = 3;

let asking = 0;
/** @type {(() => void)[]} */
const waiting = [];
/** Pictures are redrawn one after the other: each large one takes 200 MB while it is. */
let preparing = Promise.resolve();

/** Shows pictures and asks about all of them; the last one is looked at. @param {Iterable<File>} files */
export function take(files) {
  for (const file of files) {
    /** @type {Shot} */
    const shot = { file, url: URL.createObjectURL(file), name: file.name, size: '', state: 'waiting', turn: 0 };
    shot.retry = () => enqueue(shot);
    page.shots.push(shot);
    page.current = shot;
    if (page.shots.length > KEPT_SHOTS) forget(page.shots.shift());
    enqueue(shot);
  }
}

/** Asks about a picture, again where it was asked about before. @param {Shot} shot */
export function enqueue(shot) {
  const turn = ++shot.turn;
  forgetMap(shot);
  update(shot, { state: 'waiting' });
  preparing = preparing.then(async () => {
    await aPlace();
    if (turn !== shot.turn) return leave();
    update(shot, { state: 'working' });
    /** @type {Partial<Shot>} */
    let prepared;
    try {
      prepared = { picture: shot.picture ?? (await prepare(shot.file)) };
    } catch (error) {
      prepared = { state: 'problem', problem: asProblem(error) };
    }
    if (turn === shot.turn) update(shot, prepared);
    if (prepared.picture) void askAbout(shot, prepared.picture, turn).finally(leave);
    else leave();
  });
}

/** @param {Shot} shot @param {Blob} picture @param {number} turn */
async function askAbout(shot, picture, turn) {
  /** @type {Partial<Shot>} */
  let outcome;
  const { model } = page;
  try {
    if (!model) throw { title: 'No model is loaded', detail: 'The service has no model to ask.' };
    outcome = { state: 'result', model, ...(await ask(model, picture, picture.type)) };
  } catch (error) {
    outcome = { state: 'problem', problem: asProblem(error) };
  }
  // Asked again meanwhile, of another model: the answer that comes later is the one that counts.
  if (turn === shot.turn) update(shot, outcome);
}

async function aPlace() {
  if (asking >= AT_ONCE) await new Promise((resolve) => waiting.push(() => resolve(undefined)));
  else asking++;
}

function leave() {
  const next = waiting.shift();
  if (next) next();
  else asking--;
}

/** @param {Shot | undefined} shot */
function forget(shot) {
  if (!shot) return;
  shot.turn++;
  URL.revokeObjectURL(shot.url);
  forgetMap(shot);
}

/** @param {Shot} shot */
export function forgetMap(shot) {
  if (shot.map?.url) URL.revokeObjectURL(shot.map.url);
  delete shot.map;
}

/** @param {Shot} shot */
export function lookAt(shot) {
  page.current = shot;
  changed();
}
