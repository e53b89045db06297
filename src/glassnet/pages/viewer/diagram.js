// The diagram: units as circles, weights as lines, wide for large ones and dashed for negative ones.

const WIDTH = 720, MARGIN = 46, RADIUS = 20, HEIGHT_OF_UNIT = 68, HEIGHT_OF_NAME = 15, MOST_WRITTEN = 12;

/** @typedef {{x: number, y: number}} Point */

/** Draw the network at a moment.
 * @param {ViewRecord} record @param {Run} run @param {Moment} moment @param {number} sample @returns {SVGElement} */
function diagram(record, run, moment, sample) {
  const { columns, edges } = record;
  const inner = HEIGHT_OF_UNIT * Math.max(...columns.map((column) => column.labels.length));
  const lines = Math.max(...columns.map((column) => column.names.length));
  const at = (/** @type {number} */ column, /** @type {number} */ unit) => ({
    x: MARGIN + columns[column].x * (WIDTH - 2 * MARGIN),
    y: 6 + inner * (1 - (columns[column].y[unit] ?? 0.5)),
  });
  const picture = draw("svg", { viewBox: `0 0 ${WIDTH} ${inner + HEIGHT_OF_NAME * (2 + lines)}`, role: "img", "aria-label": described(record, run, moment, sample) });
  const weights = edges.map((edge) => weightOf(run, moment, sample, edge) ?? 0);
  const largest = Math.max(1e-12, ...weights.map(Math.abs));
  edges.forEach((edge, place) => {
    const from = at(edge.from[0], edge.from[1]), to = at(edge.to[0], edge.to[1]), far = edge.to[0] - edge.from[0] > 1;
    picture.append(edgeLine(weights[place], largest, from, to, far ? inner : null));
    if (edges.length <= MOST_WRITTEN) picture.append(edgeLabel(weights[place], from, to));
  });
  columns.forEach((column, number) => {
    column.labels.forEach((label, unit) => picture.append(unitMark(record, run, moment, sample, number, unit, at(number, unit), label)));
    const more = column.labels.length < column.size ? ` (${column.labels.length} of ${column.size})` : "";
    const anchor = number === 0 ? "start" : number === columns.length - 1 ? "end" : "middle";
    const x = at(number, 0).x + { start: -MARGIN + 2, end: MARGIN - 2, middle: 0 }[anchor];
    column.names.forEach((name, line) => picture.append(draw("text", {
      x, y: inner + HEIGHT_OF_NAME * (line + 1.5), class: `name ${anchor}`,
    }, name + (line === 0 ? more : ""))));
  });
  return picture;
}

/** @param {Run} run @param {Moment} moment @param {number} sample @param {Edge} edge @returns {number|null} */
function weightOf(run, moment, sample, edge) {
  const after = known(run, moment, sample, { quantity: `${edge.parameter} after`, layer: edge.layer, index: edge.index });
  return after ?? known(run, moment, sample, { quantity: edge.parameter, layer: edge.layer, index: edge.index });
}

/** Draw a weight; one that leads past columns between passes below them.
 * @param {number} weight @param {number} largest @param {Point} from @param {Point} to @param {number|null} bottom */
function edgeLine(weight, largest, from, to, bottom) {
  const length = Math.hypot(to.x - from.x, to.y - from.y), dx = RADIUS * (to.x - from.x) / length, dy = RADIUS * (to.y - from.y) / length;
  const path = bottom === null
    ? `M${from.x + dx} ${from.y + dy}L${to.x - dx} ${to.y - dy}`
    : `M${from.x} ${from.y + RADIUS}C${from.x} ${bottom} ${to.x} ${bottom} ${to.x} ${to.y + RADIUS}`;
  return draw("path", { d: path, class: weight < 0 ? "negative" : "positive", "stroke-width": (0.6 + 4.4 * Math.abs(weight) / largest).toFixed(2) });
}

/** @param {number} weight @param {Point} from @param {Point} to */
function edgeLabel(weight, from, to) {
  const part = 0.36;
  return draw("text", { x: from.x + part * (to.x - from.x), y: from.y + part * (to.y - from.y) - 5, class: "weight" }, written(weight));
}

/** Draw a unit with what leaves it, and the delta of its column.
 * @param {ViewRecord} record @param {Run} run @param {Moment} moment @param {number} sample @param {number} place
 * @param {number} unit @param {Point} at @param {string} label */
function unitMark(record, run, moment, sample, place, unit, at, label) {
  const { layers } = record.columns[place], last = layers[layers.length - 1];
  const value = place === 0 ? record.x[sample][unit] : known(run, moment, sample, { quantity: "x", layer: last, index: [unit] });
  const delta = place === 0 ? null : known(run, moment, sample, { quantity: "delta", layer: layers[0], index: [unit] });
  const old = moment.phase === UPDATE && place > 0; // of the parameters before the update
  const group = draw("g", {}, draw("circle", { cx: at.x, cy: at.y, r: RADIUS }));
  group.append(draw("text", { x: at.x, y: at.y - RADIUS - 4, class: "name" }, label));
  if (value !== null && !old) group.append(draw("text", { x: at.x, y: at.y + 4, class: "value" }, short(value)));
  if (delta !== null && !old) group.append(draw("text", { x: at.x, y: at.y + RADIUS + 12, class: "delta" }, `δ ${short(delta)}`));
  return group;
}

/** Write a number for a circle, with three digits. @param {number} value */
function short(value) {
  const size = Math.abs(value);
  const text = size !== 0 && (size < 1e-3 || size >= 1e4) ? value.toExponential(0) : String(Number(value.toPrecision(3)));
  return text.replaceAll("-", "−");
}

/** @param {ViewRecord} record @param {Run} run @param {Moment} moment @param {number} sample */
function described(record, run, moment, sample) {
  const columns = record.columns.map((column) => `${column.names.join(", ")}: ${column.size}`).join("; ");
  return `The network, with its units: ${columns}. ${said(record, run, moment, sample)}. The tables below have every number.`;
}
