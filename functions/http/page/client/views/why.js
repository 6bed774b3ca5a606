import { $ } from '../dom.js';
import { askForMap, asProblem } from '../service.js';
import { forgetMap } from '../shots.js';
import { currentShot, page, update } from '../state.js';

/** @typedef {import('../state.js').Shot} Shot */

/** The heat map that can be shown now, or what stands in its way. */
export function renderWhy() {
  const shot = currentShot();
  $('why-side').hidden = !page.model?.output.heatmap || page.camera !== undefined;
  const wanted = page.why && !$('why-side').hidden && shot?.state === 'result' && shot.model?.output.heatmap;
  if (wanted && shot && !shot.map) return explain(shot, shot.answer?.predictions?.[0]?.label);
  const map = wanted ? shot?.map : undefined;
  $('map').hidden = $('legend').hidden = !map?.url;
  if (map?.url && $('map').src !== map.url) $('map').src = map.url;
  $('map').alt = map ? `Heat map of your picture: which parts speak for ${map.label}` : '';
  $('preview').classList.toggle('covered', map?.url !== undefined);
  $('why-note').hidden = !map;
  const said = map?.problem ? `${map.problem.title}. ${map.problem.detail ?? ''}` : 'Looking…';
  const note = map?.url ? `Which parts speak for “${map.label}”, as the model saw the picture.` : said;
  if (map && $('why-note').textContent !== note) $('why-note').textContent = note;
}

/** @param {Shot} shot @param {string | undefined} label */
export async function explain(shot, label) {
  const { model, picture } = shot;
  if (label === undefined || !model || !picture) return;
  forgetMap(shot);
  const map = { label };
  update(shot, { map });
  try {
    const url = URL.createObjectURL(await askForMap(model, picture, label));
    if (shot.map === map) update(shot, { map: { ...map, url } });
    else URL.revokeObjectURL(url);
  } catch (error) {
    if (shot.map === map) update(shot, { map: { ...map, problem: asProblem(error) } });
  }
}
