import { $, announce } from '../dom.js';
import { classifyPath, hasKey } from '../service.js';
import { currentShot, page } from '../state.js';
import { numbersBody } from './numbers.js';

/**
 * What a program asks.
 * @typedef {{ url: string, headers: Record<string, string>, file?: string, json?: string }} Request
 */

/** @type {Record<string, (request: Request) => string>} */
const LANGUAGES = { curl: forShell, JavaScript: forJavaScript, Python: forPython };

let isPlace = false;

/** The request of this page as a program, in the language that is chosen. */
export function renderProgram() {
  const request = requestOf();
  $('program').hidden = !request;
  if (!request) return;
  const language = chosen();
  const text = LANGUAGES[language]?.(request) ?? '';
  if ($('code').textContent !== text) $('code').textContent = text;
  if (!isPlace) $('copy').textContent = `Copy as ${language}`;
}

function chosen() {
  const checked = /** @type {HTMLInputElement} */ (document.querySelector('input[name="language"]:checked'));
  return checked.value;
}

/** @returns {Request | undefined} */
function requestOf() {
  const { model, why } = page;
  if (!model) return undefined;
  const isPicture = model.input.kind === 'picture';
  const explain = why && model.output.heatmap ? { explain: 'heatmap' } : {};
  const url = new URL(classifyPath(model, isPicture ? explain : {}), location.href).href;
  // The key itself stays where it is.
  const key = hasKey() ? { authorization: 'Bearer YOUR_KEY' } : {};
  if (isPicture) {
    const { name, file } = currentShot() ?? {};
    const type = file?.type.startsWith('image/') ? file.type : 'image/jpeg';
    return { url, headers: { 'content-type': type, ...key }, file: name || 'picture.jpg' };
  }
  const json = numbersBody();
  return json === undefined ? undefined : { url, headers: { 'content-type': 'application/json', ...key }, json };
}

/** As a shell takes it, whatever it holds. @param {string} text */
const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** @param {Request} request */
function forShell({ url, headers, file, json }) {
  const lines = Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`);
  // curl reads names that begin so as something else.
  const path = file && /^[-@]/.test(file) ? `./${file}` : file;
  const data = json === undefined ? `--data-binary ${quoted(`@${path}`)}` : `--data ${quoted(json)}`;
  return ['curl', ...lines, data, quoted(url)].join(' \\\n  ');
}

/** @param {Request} request */
function forJavaScript({ url, headers, file, json }) {
  const body = file === undefined ? `JSON.stringify(${json})` : `await readFile(${JSON.stringify(file)})`;
  return [
    ...(file === undefined ? [] : ["import { readFile } from 'node:fs/promises';", '']),
    `const response = await fetch(${JSON.stringify(url)}, {`,
    "  method: 'POST',",
    `  headers: ${JSON.stringify(headers)},`,
    `  body: ${body},`,
    '});',
    'console.log(await response.json());',
  ].join('\n');
}

/** @param {Request} request */
function forPython({ url, headers, file, json }) {
  const body = file === undefined ? `json.dumps(${json}).encode()` : `open(${JSON.stringify(file)}, "rb").read()`;
  return [
    'import json, urllib.request',
    '',
    'request = urllib.request.Request(',
    `    ${JSON.stringify(url)},`,
    `    data=${body},`,
    `    headers=${JSON.stringify(headers)},`,
    ')',
    'with urllib.request.urlopen(request) as response:',
    '    print(json.load(response))',
  ].join('\n');
}

export async function copyProgram() {
  const text = $('code').textContent;
  try {
    await navigator.clipboard.writeText(text);
    $('copy').textContent = 'Copied';
    announce('Copied');
  } catch {
    // Without encryption, or without leave: selected, so that a key press copies it.
    getSelection()?.selectAllChildren($('code'));
    $('copy').textContent = 'Selected: press Ctrl C';
    announce('Selected');
  }
  isPlace = true;
  setTimeout(() => {
    isPlace = false;
    renderProgram();
  }, 2000);
}
