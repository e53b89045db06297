// Numbers and elements: how a number is written, and how an element is made without markup from outside.

const SVG = "http://www.w3.org/2000/svg";
const DIGITS = 6;

/** Write a number with so many significant digits, as Python's "%.6g" does.
 * @param {number|null} value
 * @param {number} [significant]
 * @returns {string} */
function written(value, significant = DIGITS) {
  if (value === null || value === undefined) return "";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e6)) {
    const [digits, exponent] = value.toExponential(significant - 1).split("e");
    const shown = digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits;
    return `${shown}e${exponent}`.replaceAll("-", "−");
  }
  return String(Number(value.toPrecision(significant))).replace("-", "−");
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

const NOTATION = /^((?:from |to |dE\/d)?)([A-Za-z]|delta|[A-Za-z]\w*(?=\^))(?:\^(\d+))?(?:_(\d+(?:,\d+)*))?( after)?$/;

/** Return a name such as "x_1" or "W^1_1,2 after" with its layer raised and its indices lowered; others as they are.
 * @param {string} name @param {(kind: "sup"|"sub", text: string) => Node} shifted @returns {(Node|string)[]} */
function notation(name, shifted) {
  const found = NOTATION.exec(name);
  if (!found) return [name];
  const [, before, letter, layer, index, after] = found;
  const raised = layer ? [shifted("sup", layer)] : [], lowered = index ? [shifted("sub", joined(index.split(",")))] : [];
  return [before + letter, ...raised, ...lowered, after ?? ""];
}

/** Join indices, with commas only where one has two digits. @param {(number|string)[]} index */
function joined(index) {
  return index.join(index.every((at) => Number(at) < 10) ? "" : ",");
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
