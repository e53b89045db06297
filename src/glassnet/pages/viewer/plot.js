// A small plot: axes with ticks and names, lines, points, bars and bands. Styles differ by dash, marker and filling too.

const LEFT = 68, RIGHT = 14, TOP = 12, BOTTOM = 46, DOT = 4.5, WIDTH_OF_LETTER = 7;
const NARROWEST = 280, WIDEST = 680, WIDEST_EQUAL = 460, PLOT_HEIGHT = 300;

/** @typedef {{name: string, low: number, high: number, ticks: number[], labels: string[]}} Axis */
/** @typedef {{kind: "line"|"points"|"bars"|"band", name: string, style: number, x: number[], y: number[], low: number[]|null, label?: string}} Series */
/** @typedef {{about: string, x: Axis, y: Axis, series: Series[], equal?: boolean}} Plot */

/** Draw a plot as wide as there is room, so that its text keeps its size; where it is equal, a unit is as long on both axes.
 * @param {Plot} plot @param {number} room in pixels @returns {SVGElement} */
function plotted(plot, room) {
  const width = Math.max(NARROWEST, Math.min(plot.equal ? WIDEST_EQUAL : WIDEST, room)), inside = width - LEFT - RIGHT;
  const height = plot.equal ? TOP + BOTTOM + inside * (plot.y.high - plot.y.low) / (plot.x.high - plot.x.low) : PLOT_HEIGHT;
  const across = (/** @type {number} */ x) => LEFT + (x - plot.x.low) / (plot.x.high - plot.x.low) * inside;
  const up = (/** @type {number} */ y) => height - BOTTOM - (y - plot.y.low) / (plot.y.high - plot.y.low) * (height - TOP - BOTTOM);
  const picture = draw("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": plot.about, class: "plot" });
  picture.append(...gridOf(plot, width, height, across, up));
  for (const series of plot.series) picture.append(seriesOf(series, plot, across, up));
  return picture;
}

/** Draw the axes; of labels that would touch each other some are left out.
 * @param {Plot} plot @param {number} width @param {number} height @param {(x: number) => number} across @param {(y: number) => number} up */
function gridOf({ x, y }, width, height, across, up) {
  const bottom = height - BOTTOM, found = [];
  const longest = Math.max(...x.labels.map((label) => label.length)) * WIDTH_OF_LETTER + 8;
  const every = Math.max(1, Math.ceil(longest * x.ticks.length / (width - LEFT - RIGHT)));
  x.ticks.forEach((tick, place) => {
    found.push(draw("line", { x1: across(tick), x2: across(tick), y1: bottom, y2: bottom + 5, class: "axis" }));
    if (place % every === 0) found.push(draw("text", { x: across(tick), y: bottom + 18 }, x.labels[place].replace("-", "−")));
  });
  y.ticks.forEach((tick, place) => {
    found.push(draw("line", { x1: LEFT, x2: width - RIGHT, y1: up(tick), y2: up(tick), class: tick === 0 ? "axis" : "grid" }));
    found.push(draw("text", { x: LEFT - 6, y: up(tick) + 4, class: "end" }, y.labels[place].replace("-", "−")));
  });
  const middle = (TOP + bottom) / 2;
  found.push(
    draw("path", { d: `M${LEFT} ${TOP}V${bottom}H${width - RIGHT}`, class: "axis" }),
    draw("text", { x: (LEFT + width - RIGHT) / 2, y: height - 8, class: "axisname" }, x.name),
    draw("text", { x: 14, y: middle, transform: `rotate(-90 14 ${middle})`, class: "axisname" }, y.name),
  );
  return found;
}

/** @param {Series} series @param {Plot} plot @param {(x: number) => number} across @param {(y: number) => number} up */
function seriesOf(series, plot, across, up) {
  const { kind, style, x, y, low } = series, group = draw("g", { class: `${kind} s${style}` });
  const point = (/** @type {number} */ at, /** @type {number} */ height) => `${across(at).toFixed(1)} ${up(height).toFixed(1)}`;
  if (kind === "line") group.append(draw("polyline", { points: x.map((at, place) => point(at, y[place])).join(" ") }));
  if (kind === "band" && low) {
    const back = x.map((at, place) => point(at, low[place])).reverse();
    group.append(draw("polygon", { points: [...x.map((at, place) => point(at, y[place])), ...back].join(" ") }));
  }
  if (kind === "points") group.append(...x.map((at, place) => marker(style, across(at), up(y[place]))));
  if (kind === "bars") {
    const wide = 0.6 * (across(plot.x.low + 1) - across(plot.x.low));
    x.forEach((at, place) => {
      const ends = [up(low ? low[place] : 0), up(y[place])];
      group.append(draw("rect", { x: across(at) - wide / 2, width: wide, y: Math.min(...ends), height: Math.abs(ends[0] - ends[1]) }));
    });
  }
  const right = kind === "points" ? DOT + 2 : 3; // of the first point
  if (series.label) group.append(draw("text", { x: across(x[0]) + right, y: up(y[0]) - 4, class: "start label" }, series.label));
  return group;
}

/** Draw a marker of its style: a disc, a square, a ring or a cross.
 * @param {number} style @param {number} x @param {number} y */
function marker(style, x, y) {
  if (style === 1) return draw("rect", { x: x - DOT, y: y - DOT, width: 2 * DOT, height: 2 * DOT });
  if (style === 3) return draw("path", { d: `M${x - DOT} ${y - DOT}l${2 * DOT} ${2 * DOT}m0 ${-2 * DOT}l${-2 * DOT} ${2 * DOT}` });
  return draw("circle", { cx: x, cy: y, r: style === 2 ? DOT + 2 : DOT });
}

/** Name what is drawn, each beside a sample of it.
 * @param {Plot} plot @returns {HTMLElement} */
function legendOf(plot) {
  const samples = plot.series.filter((series) => series.name).map((series) => {
    const { kind, style } = series, key = draw("svg", { width: 34, height: 16, viewBox: "0 0 34 16", "aria-hidden": "true", class: "plot" });
    const shapes = {
      line: () => draw("polyline", { points: "2 8 32 8" }),
      points: () => marker(style, 17, 8),
      bars: () => draw("rect", { x: 9, y: 2, width: 16, height: 12 }),
      band: () => draw("rect", { x: 2, y: 2, width: 30, height: 12 }),
    };
    key.append(draw("g", { class: `${kind} s${style}` }, shapes[kind]()));
    return make("li", {}, key, ` ${series.name}`);
  });
  return make("ul", { class: "legend" }, ...samples);
}
