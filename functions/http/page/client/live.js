import { $ } from './dom.js';
import { toJpeg } from './picture.js';
import { ask, asProblem } from './service.js';
import { take } from './shots.js';
import { changed, page, showProblem, update } from './state.js';

/** @typedef {import('./state.js').Subject} Subject */

/** Each picture is a request that somebody pays for: two a second are enough to point a camera by. */
const INTERVAL = 500;
/** Pixels of the longer side: a model looks at fewer, and a phone's line is slow. */
const SIDE = 640;

let wanted = 0;

/** Whether there may be a camera. (Browsers have none for pages that came without encryption.) */
export const hasCamera = () => navigator.mediaDevices?.getUserMedia !== undefined;

export async function startCamera() {
  const mine = ++wanted;
  try {
    const stream = await navigator.mediaDevices.getUserMedia({
      video: { facingMode: 'environment', width: { ideal: 1280 } },
      audio: false,
    });
    // Hidden or stopped while the browser asked for leave.
    if (mine !== wanted || document.hidden) return stopTracks(stream);
    for (const track of stream.getTracks()) track.addEventListener('ended', stopCamera);
    page.camera = stream;
    $('video').srcObject = stream;
    changed();
    await $('video').play();
    if (mine === wanted) await watch(mine);
  } catch (error) {
    if (mine !== wanted) return;
    stopCamera();
    const denied = error instanceof DOMException && error.name === 'NotAllowedError';
    showProblem({
      title: 'The camera was not opened',
      detail: denied ? 'Allow it for this page in the browser, or choose pictures.' : 'No camera was found.',
    });
  }
}

export function stopCamera() {
  wanted++;
  const { camera } = page;
  if (!camera) return;
  stopTracks(camera);
  page.camera = undefined;
  $('video').srcObject = null;
  // What it saw last is gone; a picture that was looked at before is there again.
  if (page.current?.moving) page.current = page.shots.at(-1);
  changed();
}

/** @param {MediaStream} stream */
function stopTracks(stream) {
  for (const track of stream.getTracks()) track.stop();
}

/** Asks about what the camera sees, again and again. @param {number} mine */
async function watch(mine) {
  /** @type {Subject} */
  const subject = { state: 'working', moving: true };
  page.current = subject;
  changed();
  while (mine === wanted) {
    const begun = performance.now();
    const { model } = page;
    // Another picture is looked at, or the model has no use for one.
    if (page.current !== subject || model?.input.kind !== 'picture') return stopCamera();
    try {
      const picture = await snapshot(SIDE);
      const answered = await ask(model, picture, picture.type);
      if (mine === wanted && page.model === model) update(subject, { state: 'result', ...answered });
    } catch (error) {
      if (mine !== wanted) return;
      stopCamera();
      return showProblem(asProblem(error), startCamera);
    }
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, begun + INTERVAL - performance.now())));
  }
}

/** @param {number} [side] */
function snapshot(side) {
  const { videoWidth, videoHeight } = $('video');
  return toJpeg($('video'), videoWidth, videoHeight, side);
}

/** Takes what the camera sees as a picture, and stops it. */
export async function keepPicture() {
  const blob = await snapshot();
  stopCamera();
  take([new File([blob], `camera ${page.shots.length + 1}.jpg`, { type: blob.type })]);
}

export function renderLive() {
  const isOn = page.camera !== undefined;
  $('live').textContent = isOn ? 'Stop the camera' : 'Live camera';
  $('live').setAttribute('aria-pressed', String(isOn));
  $('keep').hidden = !isOn;
}
