import { $, element } from '../dom.js';
import { currentShot, page } from '../state.js';

/** @typedef {import('../state.js').Shot} Shot */

/** @type {Shot | undefined} */
let framed;

/** The picture that is looked at, on its strip of film. */
export function renderFrame() {
  const shot = currentShot();
  $('edge-stock').textContent = page.model ? `${page.model.name} v${page.model.version}` : '';
  $('view').hidden = !page.camera;
  $('preview').hidden = page.camera !== undefined || !shot || $('preview').classList.contains('broken');
  $('invitation').hidden = page.camera !== undefined || !$('preview').hidden;
  if (page.camera) $('edge-size').textContent = 'live';
  if (!shot) return;
  const number = page.shots.indexOf(shot) + 1;
  $('edge-number').textContent = `▸ ${number}`;
  $('edge-half').textContent = `▸ ${number}A`;
  if (!page.camera) $('edge-size').textContent = shot.size;
  if (shot !== framed) load(shot);
}

/** @param {Shot} shot */
function load(shot) {
  framed = shot;
  const preview = $('preview');
  preview.classList.remove('broken');
  preview.onload = () => {
    shot.size = `${preview.naturalWidth} × ${preview.naturalHeight}`;
    // Enlarging a thumbnail smoothly would show less than there is.
    preview.classList.toggle('tiny', Math.max(preview.naturalWidth, preview.naturalHeight) <= 128);
    renderFrame();
  };
  preview.onerror = () => {
    preview.classList.add('broken');
    $('invitation').replaceChildren(element('span', '', `${shot.name} cannot be framed here`));
    renderFrame();
  };
  preview.alt = shot.name ? `Your picture: ${shot.name}` : 'Your picture';
  preview.src = shot.url;
  preview.hidden = false;
  $('invitation').hidden = true;
  $('film').classList.remove('flash');
  void $('film').offsetWidth; // restarts the animation
  $('film').classList.add('flash');
}
