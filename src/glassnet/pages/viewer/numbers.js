// Numbers and elements: how a number is written, and how an element is made without markup from outside.

const SVG = "http://www.w3.org/2000/svg";
const DIGITS = 6;

/** Write a number with six significant digits, as Python's "%.6g" does.
 * @param {number|null} value
 * @returns {string} */
function written(value) {
  if (value === null || value === undefined) return "";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e6)) {
    const [digits, exponent] = value.toExponential(DIGITS - 1).split("e");
    const shown = digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits;
    return `${shown}e${exponent}`.replace("-", "−");
  }
  return String(Number(value.toPrecision(DIGITS))).replace("-", "−");
}

/** Make an element; a child that is text stays text.
 * @param {string} name
 * @param {Record<string, string|number|boolean|null>} [attributes]
 * @param {...(Node|string)} children
 * @returns {HTMLElement} */
function make(name, attributes = {}, ...children) {
  return /** @type {HTMLElement} */ (filled(document.createElement(name), attributes, children));
}

/** Make an element of a drawing.
 * @param {string} name
 * @param {Record<string, string|number|boolean|null>} [attributes]
 * @param {...(Node|string)} children
 * @returns {SVGElement} */
function draw(name, attributes = {}, ...children) {
  return /** @type {SVGElement} */ (filled(document.createElementNS(SVG, name), attributes, children));
}

/** @param {Element} element @param {Record<string, any>} attributes @param {(Node|string)[]} children */
function filled(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) element.setAttribute(key, value === true ? "" : String(value));
  }
  element.append(...children);
  return element;
}

/** Return an entry of nested arrays, or null where there is none.
 * @param {any} array
 * @param {number[]} index
 * @returns {number|null} */
function entry(array, index) {
  let found = array;
  for (const place of index) found = found === undefined || found === null ? null : found[place];
  return found === undefined ? null : found;
}
