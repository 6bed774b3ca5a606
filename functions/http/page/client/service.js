import { page } from './state.js';
import { milliseconds } from './words.js';

/** @typedef {import('./words.js').Answer} Answer */
/** @typedef {import('./state.js').Problem} Problem */
/** @typedef {import('./state.js').Model} Model */

/** A tab's own storage: it is gone with the tab, and no other tab sees it. */
const KEY = 'freezeframe-key';

export function hasKey() {
  return sessionStorage.getItem(KEY) !== null;
}

/** @param {string} key */
export function useKey(key) {
  sessionStorage.setItem(KEY, key);
}

export function forgetKey() {
  sessionStorage.removeItem(KEY);
}

/** @returns {Record<string, string>} */
function credentials() {
  const key = sessionStorage.getItem(KEY);
  return key ? { authorization: `Bearer ${key}` } : {};
}

export function askForModels() {
  return fetch('models', { headers: { accept: 'application/json', ...credentials() } });
}

/** The address that asks this model, which the service prefers or not. @param {Model} model @param {Record<string, string>} [more] */
export function classifyPath(model, more = {}) {
  const named = model === page.preferred ? {} : { model: model.name, version: model.version };
  return `classify?${new URLSearchParams({ ...named, top_k: '5', ...more })}`;
}

/** @param {Model} model @param {BodyInit} body @param {string} type @returns {Promise<{ answer: Answer, timing: string }>} */
export async function ask(model, body, type) {
  const started = performance.now();
  const response = await post(classifyPath(model), body, type, 'application/json');
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

/** The heat map of a label, drawn by the service. @param {Model} model @param {Blob} picture @param {string} label */
export async function askForMap(model, picture, label) {
  const path = classifyPath(model, { explain: 'heatmap', label });
  return (await post(path, picture, picture.type, 'image/png')).blob();
}

/** @param {string} path @param {BodyInit} body @param {string} type @param {string} accept */
async function post(path, body, type, accept) {
  const headers = { 'content-type': type, accept, ...credentials() };
  const response = await fetch(path, { method: 'POST', headers, body });
  // Revoked meanwhile: loading the page again asks for another.
  if (response.status === 401) forgetKey();
  if (!response.ok) throw await problemOf(response);
  return response;
}

/** @param {Response} response @returns {Promise<Problem>} */
export async function problemOf(response) {
  /** @type {Record<string, unknown>} */
  const said = await response.json().catch(() => ({}));
  const title = typeof said.title === 'string' ? said.title : `The service answered ${response.status}`;
  // API Gateway's own refusals are `{"message"}`.
  const sentences = [said.detail ?? said.message, said.remedy].filter((part) => typeof part === 'string');
  const detail = sentences.map((sentence) => (/[.!?]$/.test(sentence) ? sentence : `${sentence}.`)).join(' ');
  return { title, detail };
}

/** @param {unknown} error @returns {Problem} */
export function asProblem(error) {
  if (error && typeof error === 'object' && 'title' in error) return /** @type {Problem} */ (error);
  return { title: 'The service could not be reached', detail: 'Is it still running? Then try again.' };
}
