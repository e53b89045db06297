// Equations: a formula comes as nested elements of MathML in which every letter that stands for a number is a place.
// It is written twice, with the letters and with the numbers of this moment.

const MATH = "http://www.w3.org/1998/Math/MathML";
const ELEMENTS = { r: "mrow", f: "mfrac", p: "msup", b: "msub", c: "msubsup", q: "msqrt", u: "munder", o: "mo", n: "mn", i: "mi", t: "mtext", T: "mtable", R: "mtr", D: "mtd" };
const LETTERS = { alpha: "α", delta: "δ", phi: "φ", pi: "π", sigma: "σ", tau: "τ" };
const TIMES = "\u2062"; // which is not seen between letters

/** A letter that stands for a number: a signal, a parameter, or with `slope` dE/d of one. `index` is what is written,
 * `at` is where its number stands among those that are shown.
 * @typedef {{name: string, layer: number|null, index: number[], slope: boolean, at: number[]}} Letter */

/** Write where a number comes from: in letters, with the numbers of this moment, and what it is.
 * @param {Place} place @param {Formula} right @param {number} value @param {(letter: Letter) => number|null} number
 * @returns {Element} */
function equation(place, right, value, number) {
  return aligned([[leftSide(place), "=", formula(right, null, true)], ["", "=", formula(right, number, true)], ["", "=", numeral(value, true)]]);
}

/** Put equations below each other: left sides, relations and right sides.
 * @param {[Node|string, string, Node][]} rows @returns {Element} */
function aligned(rows) {
  const lines = math("mtable", ...rows.map(([left, relation, side]) => math("mtr", left, math("mo", relation), side)));
  lines.setAttribute("displaystyle", "true");
  const whole = math("math", lines);
  whole.setAttribute("display", "block");
  return whole;
}

/** @param {Place} place @returns {Element} */
function leftSide({ quantity, layer, index: among, own }) {
  const index = own ?? among;
  const after = quantity.endsWith(" after"), slope = quantity.startsWith("dE/d");
  const letter = letterOf({ name: after ? quantity.slice(0, -6) : slope ? quantity.slice(4) : quantity, layer: layer || null, index, slope, at: index });
  return after ? math("mrow", letter, math("mtext", "\u00a0after")) : letter;
}

/** @param {string} name @param {...(Node|string)} children @returns {Element} */
function math(name, ...children) {
  const made = document.createElementNS(MATH, name);
  made.append(...(name === "mtr" ? children.map((child) => math("mtd", child)) : children));
  return made;
}

/** @typedef {any} Formula nested arrays: [element, ...children], text, or {s: ...} for a letter */

/** @param {Formula} node @param {((letter: Letter) => number|null)|null} number @param {boolean} first @returns {Node} */
function formula(node, number, first) {
  if (typeof node === "string") return document.createTextNode(number && node === TIMES ? "·" : node);
  if (!Array.isArray(node)) return letterOrNumber(node.s, number, first);
  const [kind, ...children] = node;
  if (kind === "o" && "()".includes(children[0])) return bracket(children[0]);
  const made = document.createElementNS(MATH, ELEMENTS[/** @type {keyof typeof ELEMENTS} */ (kind)]);
  children.forEach((child, place) => made.append(formula(child, number, comesFirst(kind, children, place, first))));
  return made;
}

/** Return whether nothing stands before a part, so that a minus needs no brackets.
 * @param {string} kind @param {Formula[]} children @param {number} place @param {boolean} first */
function comesFirst(kind, children, place, first) {
  if (kind !== "r") return !("pbc".includes(kind) && place === 0);
  const before = place ? children[place - 1] : null;
  return before ? before[0] === "o" && (before[1] === "(" || before[1] === ",") : first;
}

/** @param {any[]} given @param {((letter: Letter) => number|null)|null} number @param {boolean} first */
function letterOrNumber([name, layer, index, slope, at], number, first) {
  const letter = { name, layer, index, slope: Boolean(slope), at: at ?? index }, value = number ? number(letter) : null;
  return value === null ? letterOf(letter) : numeral(value, first);
}

/** @param {Letter} letter @returns {Element} */
function letterOf({ name, layer, index, slope }) {
  const base = math("mi", LETTERS[/** @type {keyof typeof LETTERS} */ (name)] ?? name);
  const below = index.length ? math("mn", joined(index.map((at) => at + 1))) : null;
  const above = layer === null ? null : math("mn", String(layer));
  const made = above && below ? math("msubsup", base, below, above) : above ? math("msup", base, above) : below ? math("msub", base, below) : base;
  const partial = () => math("mi", "∂");
  return slope ? math("mfrac", math("mrow", partial(), math("mi", "E")), math("mrow", partial(), made)) : made;
}

/** @param {string} sign */
function bracket(sign) {
  const made = math("mo", sign);
  made.setAttribute("stretchy", "false");
  return made;
}

/** Put the row that is looked at into a formula, in the place of null.
 * @param {Formula} node @param {number} sample @returns {Formula} */
function ofRow(node, sample) {
  if (node === null) return sample;
  if (Array.isArray(node)) return node.map((child) => ofRow(child, sample));
  return typeof node === "object" ? { s: [node.s[0], node.s[1], ...ofRow(node.s.slice(2), sample)] } : node;
}

/** Write a number; a negative one that does not come first is put in brackets.
 * @param {number} value @param {boolean} first @param {number} [significant] */
function numeral(value, first, significant) {
  const text = written(value, significant), digits = math("mn", text);
  return text.startsWith("−") && !first ? math("mrow", bracket("("), digits, bracket(")")) : digits;
}
