// The diagram: units as circles, weights as lines, wide for large ones and dashed for negative ones.

const LEAST_WIDTH = 340, MOST_WIDTH = 760, WIDTH_OF_COLUMN = 90; // pixels
const MARGIN = 48, RADIUS = 21, HEIGHT_OF_UNIT = 88, HEIGHT_OF_NAME = 16, MOST_WRITTEN = 24;
const SQUARE = 36, BEHIND = 5, MOST_SQUARES = 4; // of images
const HEIGHT_OF_LABEL = 15, WIDTH_OF_DIGIT = 6.4, MOST_LETTERS = 26; // of what is written on a line
const PARTS = [0.3, 0.36, 0.24, 0.42, 0.62, 0.7, 0.5]; // of a line, where its number may stand

/** @typedef {{x: number, y: number}} Point */
/** @typedef {{x: number, y: number, width: number, height: number, rx?: number}} Box around its middle */

/** Draw the network at a moment.
 * @param {ViewRecord} record @param {Run} run @param {Moment} moment @param {number} sample
 * @param {number} room pixels @returns {SVGElement} */
function diagram(record, run, moment, sample, room) {
  const { columns, edges } = record;
  const longest = Math.max(...columns.flatMap((column) => column.names.map((name) => name.length)));
  const least = columns.length * Math.max(WIDTH_OF_COLUMN, WIDTH_OF_DIGIT * longest);
  const width = Math.max(LEAST_WIDTH, least, Math.min(room, MOST_WIDTH));
  const inner = HEIGHT_OF_UNIT * Math.max(...columns.map((column) => column.y.length));
  const height = inner + HEIGHT_OF_NAME * (2 + Math.max(...columns.map((column) => column.names.length)));
  const at = (/** @type {number} */ column, /** @type {number} */ unit) => ({
    x: MARGIN + columns[column].x * (width - 2 * MARGIN),
    y: 6 + inner * (1 - (columns[column].y[unit] ?? 0.5)),
  });
  const picture = draw("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": described(record, run, moment, sample) });
  const weights = edges.map((edge) => weightOf(run, moment, sample, edge) ?? 0);
  const largest = Math.max(1e-12, ...weights.map(Math.abs));
  const ways = edges.map(({ from, to }) => wayOf(at(from[0], from[1]), at(to[0], to[1]), to[0] - from[0] > 1 ? inner : null));
  const units = columns.flatMap((column, number) => ofImages(column) ? [] : column.labels.map((label, unit) => aroundUnit(at(number, unit), label, width, deltaOf(record, run, moment, sample, number, unit)))).flat();
  const labels = edges.length > MOST_WRITTEN ? [] : placed(ways, weights.map(short), units);
  const lines = ways.map((way, place) => edgeLine(weights[place], largest, way.path));
  columns.slice(1).forEach((column, before) => {
    if (ofImages(column) || ofImages(columns[before])) lines.push(flow(at(before, 0), at(before + 1, 0), inner / 2));
  });
  picture.append(...uncovered([...units, ...labels], lines, width, height), ...labels.map((label, place) => draw("text", { x: label.x, y: label.y + 4, class: "weight" }, short(weights[place]))));
  columns.forEach((column, number) => {
    if (ofImages(column)) picture.append(stack(column, at(number, 0)));
    else column.labels.forEach((label, unit) => picture.append(unitMark(record, run, moment, sample, number, unit, at(number, unit), label, width)));
    const more = !ofImages(column) && column.labels.length < column.size ? ` (${column.labels.length} of ${column.size})` : "";
    const anchor = number === 0 ? "start" : number === columns.length - 1 ? "end" : "middle";
    const x = at(number, 0).x + { start: -MARGIN + 2, end: MARGIN - 2, middle: 0 }[anchor];
    column.names.forEach((name, line) => picture.append(draw("text", {
      x, y: inner + HEIGHT_OF_NAME * (line + 1.5), class: `name ${anchor}`,
    }, name + (line === 0 ? more : ""))));
  });
  return picture;
}

/** @param {Column} column */
function ofImages({ shape }) {
  return shape.length > 1;
}

/** Draw images as squares behind each other, with their size below. @param {Column} column @param {Point} at */
function stack({ shape }, { x, y }) {
  const squares = Array.from({ length: Math.min(MOST_SQUARES, shape[shape.length - 1]) }, (_, behind) => behind * BEHIND).reverse();
  const half = SQUARE / 2;
  return draw("g", {}, ...squares.map((by) => draw("rect", { x: x - half + by, y: y - half - by, width: SQUARE, height: SQUARE, class: "square" })),
    draw("text", { x, y: y + half + 14, class: "name" }, shape.join(" x ")));
}

/** Draw a line between columns of which one is of images. @param {Point} from @param {Point} to @param {number} y */
function flow(from, to, y) {
  return draw("path", { d: `M${from.x + SQUARE} ${y + 6}H${to.x - SQUARE}`, class: "flow" });
}

/** Return the way of a weight from circle to circle; one that leads past columns between passes below them.
 * @param {Point} from @param {Point} to @param {number|null} bottom @returns {{path: string, at: (part: number) => Point}} */
function wayOf(from, to, bottom) {
  if (bottom !== null) {
    const along = (/** @type {number} */ t, /** @type {number[]} */ [a, b, c, d]) => (1 - t) ** 3 * a + 3 * t * (1 - t) ** 2 * b + 3 * t * t * (1 - t) * c + t ** 3 * d;
    const xs = [from.x, from.x, to.x, to.x], ys = [from.y + RADIUS, bottom, bottom, to.y + RADIUS];
    return { path: `M${xs[0]} ${ys[0]}C${xs[1]} ${ys[1]} ${xs[2]} ${ys[2]} ${xs[3]} ${ys[3]}`, at: (part) => ({ x: along(part, xs), y: along(part, ys) }) };
  }
  const length = Math.hypot(to.x - from.x, to.y - from.y), dx = RADIUS * (to.x - from.x) / length, dy = RADIUS * (to.y - from.y) / length;
  return {
    path: `M${from.x + dx} ${from.y + dy}L${to.x - dx} ${to.y - dy}`,
    at: (part) => ({ x: from.x + part * (to.x - from.x), y: from.y + part * (to.y - from.y) }),
  };
}

/** Return where the numbers of lines stand: at the first part of a line with room, beside circles and other numbers.
 * @param {{at: (part: number) => Point}[]} ways @param {string[]} texts @param {Box[]} taken @returns {Box[]} */
function placed(ways, texts, taken) {
  /** @type {Box[]} */
  const found = [];
  ways.forEach((way, place) => {
    const boxes = PARTS.map((part) => ({ ...way.at(part), width: WIDTH_OF_DIGIT * texts[place].length + 4, height: HEIGHT_OF_LABEL }));
    const covered = boxes.map((box) => [...taken, ...found].reduce((sum, other) => sum + overlap(box, other), 0));
    found.push(boxes[covered.indexOf(Math.min(...covered))]);
  });
  return found;
}

/** @param {Box} one @param {Box} other @returns {number} the area that both cover */
function overlap(one, other) {
  const across = (one.width + other.width) / 2 - Math.abs(one.x - other.x), along = (one.height + other.height) / 2 - Math.abs(one.y - other.y);
  return Math.max(across, 0) * Math.max(along, 0);
}

/** Return what a unit covers: its circle, its name above and its delta below.
 * @param {Point} at @param {string} label @param {number} room @param {number|null} delta @returns {Box[]} */
function aroundUnit({ x, y }, label, room, delta) {
  const text = (/** @type {string} */ written, /** @type {number} */ middle) => ({ x: inside(x, written, room), y: middle, width: WIDTH_OF_DIGIT * written.length, height: HEIGHT_OF_LABEL });
  const below = delta === null ? [] : [text(`δ ${short(delta)}`, y + RADIUS + 8)];
  return [{ x, y, width: 2 * RADIUS, height: 2 * RADIUS, rx: RADIUS }, text(brief(label), y - RADIUS - 8), ...below];
}

/** @param {string} label @returns {string} one that has room; the tables have it all */
function brief(label) {
  return label.length > MOST_LETTERS ? `${label.slice(0, MOST_LETTERS - 1)}…` : label;
}

/** Return the middle of a text that is all inside the picture. @param {number} x @param {string} text @param {number} room */
function inside(x, text, room) {
  const half = WIDTH_OF_DIGIT * text.length / 2 + 2;
  return Math.max(half, Math.min(x, room - half));
}

/** Leave gaps in the lines where units and numbers stand, whatever colour is behind them.
 * @param {Box[]} boxes @param {SVGElement[]} lines @param {number} width @param {number} height @returns {SVGElement[]} */
function uncovered(boxes, lines, width, height) {
  const all = { x: 0, y: 0, width, height };
  const gaps = boxes.map((box) => draw("rect", { x: box.x - box.width / 2, y: box.y - box.height / 2, width: box.width, height: box.height, rx: box.rx ?? 3, fill: "black" }));
  return [draw("mask", { id: "gaps", maskUnits: "userSpaceOnUse", ...all }, draw("rect", { ...all, fill: "white" }), ...gaps), draw("g", { mask: "url(#gaps)" }, ...lines)];
}

/** @param {Run} run @param {Moment} moment @param {number} sample @param {Edge} edge @returns {number|null} */
function weightOf(run, moment, sample, edge) {
  const after = known(run, moment, sample, { quantity: `${edge.parameter} after`, layer: edge.layer, index: edge.index });
  return after ?? known(run, moment, sample, { quantity: edge.parameter, layer: edge.layer, index: edge.index });
}

/** @param {number} weight @param {number} largest @param {string} path */
function edgeLine(weight, largest, path) {
  return draw("path", { d: path, class: weight < 0 ? "negative" : "positive", "stroke-width": (0.6 + 4.4 * Math.abs(weight) / largest).toFixed(2) });
}

/** Draw a unit with what leaves it, and the delta of its column.
 * @param {ViewRecord} record @param {Run} run @param {Moment} moment @param {number} sample @param {number} place
 * @param {number} unit @param {Point} at @param {string} label @param {number} room */
function unitMark(record, run, moment, sample, place, unit, at, label, room) {
  const { layers } = record.columns[place], last = layers[layers.length - 1], delta = deltaOf(record, run, moment, sample, place, unit);
  const value = place === 0 ? record.x[sample][unit] : known(run, moment, sample, { quantity: "x", layer: last, index: [unit] });
  const old = moment.phase === UPDATE && place > 0; // of the parameters before the update
  const group = draw("g", {}, draw("circle", { cx: at.x, cy: at.y, r: RADIUS }));
  group.append(draw("text", { x: inside(at.x, brief(label), room), y: at.y - RADIUS - 4, class: "name" }, ...notation(brief(label), (kind, text) => draw("tspan", { dy: kind === "sub" ? 3 : -3, class: "index" }, text))));
  if (value !== null && !old) group.append(draw("text", { x: at.x, y: at.y + 4, class: "value" }, short(value)));
  if (delta !== null) group.append(draw("text", { x: at.x, y: at.y + RADIUS + 12, class: "delta" }, `δ ${short(delta)}`));
  return group;
}

/** Return the delta of a unit's column; after the update it is one of old parameters, and not drawn.
 * @param {ViewRecord} record @param {Run} run @param {Moment} moment @param {number} sample @param {number} place
 * @param {number} unit @returns {number|null} */
function deltaOf(record, run, moment, sample, place, unit) {
  if (place === 0 || moment.phase === UPDATE) return null;
  return known(run, moment, sample, { quantity: "delta", layer: record.columns[place].layers[0], index: [unit] });
}

/** Write a number for a circle, with three digits. @param {number} value */
function short(value) {
  const size = Math.abs(value);
  const text = size !== 0 && (size < 1e-3 || size >= 1e4) ? value.toExponential(0) : String(Number(value.toPrecision(3)));
  return text.replaceAll("-", "−");
}

/** @param {ViewRecord} record @param {Run} run @param {Moment} moment @param {number} sample */
function described(record, run, moment, sample) {
  const columns = record.columns.map((column) => `${column.names.join(", ")}: ${column.shape.join(" x ")}`).join("; ");
  return `The network, with its units: ${columns}. ${said(record, run, moment, sample)}. The tables below have the numbers of the units that are shown.`;
}
