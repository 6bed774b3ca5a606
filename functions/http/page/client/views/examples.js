import { $ } from '../dom.js';
import { take } from '../shots.js';
import { page } from '../state.js';

/** @returns {HTMLButtonElement[]} */
const buttons = () => [...$('examples').querySelectorAll('button')];

/** They are offered beside a model that knows what is on them: the sample's. */
export function renderExamples() {
  const labels = page.model?.output.labels ?? [];
  $('examples').hidden = !buttons().every(({ dataset }) => labels.includes(dataset.label ?? ''));
}

export function offerExamples() {
  for (const button of buttons()) {
    const { src, alt } = /** @type {HTMLImageElement} */ (button.querySelector('img'));
    button.addEventListener('click', () => take([fileOf(src, `${alt.toLowerCase().replaceAll(' ', '-')}.jpg`)]));
  }
}

/** A picture that lies in the page itself. (Its policy lets it fetch nothing but its own service.) @param {string} url @param {string} name */
function fileOf(url, name) {
  const bytes = Uint8Array.from(atob(url.slice(url.indexOf(',') + 1)), (character) => character.charCodeAt(0));
  return new File([bytes], name, { type: 'image/jpeg' });
}
