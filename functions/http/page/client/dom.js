/** @param {string} id @returns {any} An element of index.html; a wrong id fails at once. */
export function $(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no element #${id}`);
  return found;
}

/** @param {string} tag @param {string} [className] @param {string} [text] @returns {any} */
export function element(tag, className = '', text = '') {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

/** Says something to whoever listens to the page. @param {string} text */
export function announce(text) {
  $('announcer').textContent = text;
}
