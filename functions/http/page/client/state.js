/** @typedef {import('./words.js').Answer} Answer */
/** @typedef {{ title: string, detail?: string }} Problem */
/** @typedef {{ name: string, shape: (number | null)[], datatype: string }} Tensor */
/** @typedef {{ kind: string, tensors?: Tensor[], features?: { name: string, unit?: string }[] }} ModelInput */
/** @typedef {{ kind: string, labels?: string[], unknown?: object, heatmap?: object }} ModelOutput */
/** @typedef {{ name: string, version: string, input: ModelInput, output: ModelOutput }} Model */
/**
 * What the answer panel shows: a picture, the camera, numbers, or what is wrong with the page.
 * @typedef {object} Subject
 * @property {'waiting' | 'working' | 'result' | 'problem' | 'key'} state
 * @property {Answer} [answer]
 * @property {string} [timing]
 * @property {Problem} [problem]
 * @property {() => void} [retry]
 * @property {boolean} [moving] it changes by itself: nobody is called to look, or told each time
 */
/** @typedef {{ label: string, url?: string, problem?: Problem }} HeatMap */
/**
 * A picture that was asked about.
 * @typedef {Subject & { file: File, url: string, name: string, size: string, model?: Model, picture?: Blob, turn: number, map?: HeatMap }} Shot
 */

/** All that the page knows. What is seen is made of it, and of nothing else. */
export const page = {
  /** @type {Model[]} */
  models: [],
  /** @type {Model | undefined} */
  model: undefined,
  /** @type {Model | undefined} */
  preferred: undefined,
  /** @type {Shot[]} */
  shots: [],
  /** @type {Subject | undefined} */
  current: undefined,
  /** Whether heat maps are shown. */
  why: false,
  /** @type {MediaStream | undefined} */
  camera: undefined,
};

/** @type {(() => void)[]} */
const listeners = [];

/** @param {() => void} listener called after each change */
export function onChange(listener) {
  listeners.push(listener);
}

export function changed() {
  for (const listener of listeners) listener();
}

/** @template {Subject} T @param {T} subject @param {Partial<T>} fields */
export function update(subject, fields) {
  Object.assign(subject, fields);
  changed();
}

/** The picture that is looked at, if it is one. */
export function currentShot() {
  return page.shots.find((shot) => shot === page.current);
}

/** @param {Problem} problem @param {() => void} [retry] */
export function showProblem(problem, retry) {
  page.current = retry ? { state: 'problem', problem, retry } : { state: 'problem', problem };
  changed();
}
