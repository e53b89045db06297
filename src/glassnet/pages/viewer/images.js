// Layers of images: a grid of numbers for every channel that is shown, or a grey picture where there are too many.

const SIDE = 140; // pixels of a picture on the screen, about
const NO_ROOM = "So many numbers have no room as text: black is the least one of a picture and white the largest. The trace as JSON has all.";

/** Say what a layer is, and show what is known of its images; layer 0 is the image that enters.
 * @param {ViewRecord} record @param {Run} run @param {Moment} moment @param {number} sample @param {number} layer
 * @param {Choose} choose @returns {HTMLElement[]} */
function imageParts(record, run, moment, sample, layer, choose) {
  const column = columnOf(record, layer), { shape, shown, every } = column, channels = shape[shape.length - 1], left = channels - shown.length;
  const why = record.phases > 1 ? "whose signals change the cost most" : "with the largest sum of |x|";
  const some = left ? `; ${shown.length} of ${channels} channels, those ${why}, are shown, and ${left} are left out` : "";
  const name = layer ? `Layer ${layer}: ${record.layers[layer - 1].name}` : "Layer 0: the image";
  const found = [make("p", {}, `${name}, ${shape.join(" x ")}${some}`)];
  const numbers = layer ? run.steps[moment.step].layers[layer - 1] : { signals: every ? {} : { x: record.x }, pictures: record.pictures };
  for (const quantity of Object.keys(numbers.signals)) {
    const cell = (/** @type {number[]} */ index) => {
      if (!layer) return plainCell(entry(record.x[sample], index));
      const place = { quantity, layer, index, own: [...index.slice(0, -1), shown[index[index.length - 1]]] };
      return numberCell(known(run, moment, sample, place), place, choose);
    };
    if (layer && known(run, moment, sample, { quantity, layer, index: shape.map(() => 0) }) === null) continue;
    found.push(group(`${quantity}^${layer}`, shown.map((channel, at) => grid(`channel ${channel + 1}`, shape.slice(0, -1), (place) => cell([...place, at])))));
  }
  for (const [quantity, pictures] of Object.entries(numbers.pictures)) {
    if (layer && moment.phase < (quantity === "x" ? FORWARD : BACKWARD)) continue;
    found.push(group(`${quantity}^${layer}`, shown.map((channel, at) => picture(pictures[sample][at], `${quantity}^${layer}`, `channel ${channel + 1}`, column))));
  }
  if (every) found.push(quiet(every > 1 ? `${NO_ROOM} Of rows and columns 1 of ${every} is drawn.` : NO_ROOM));
  return found;
}

/** Make grids of a kernel and of its gradient, one from a channel to a channel.
 * @param {ViewRecord} record @param {Run} run @param {Moment} moment @param {number} sample @param {number} layer
 * @param {string} name @param {Choose} choose @returns {HTMLElement[]} */
function kernelParts(record, run, moment, sample, layer, name, choose) {
  const { shown: targets } = columnOf(record, layer), { shown: sources } = record.columns[record.layers[layer - 1].sources[name]];
  const array = run.steps[moment.step].layers[layer - 1].parameters[name], lengths = lengthsOf(array).slice(0, -2);
  return [name, `dE/d${name}`, `${name} after`].flatMap((quantity) => {
    const place = (/** @type {number[]} */ at, /** @type {number} */ from, /** @type {number} */ to) =>
      ({ quantity, layer, index: [...at, from, to], own: [...at, sources[from], targets[to]] });
    if (known(run, moment, sample, place(lengths.map(() => 0), 0, 0)) === null) return [];
    const grids = targets.flatMap((target, to) => sources.map((source, from) => grid(`from ${source + 1} to ${target + 1}`, lengths, (at) => {
      const of = place(at, from, to);
      return numberCell(known(run, moment, sample, of), of, choose);
    })));
    return [group(`${quantity} of layer ${layer}, from channel to channel`, grids)];
  });
}

/** @param {ViewRecord} record @param {number} layer @returns {Column} */
function columnOf(record, layer) {
  return record.columns[layer ? record.layers[layer - 1].column : 0];
}

/** @param {any} array @returns {number[]} how long it is along every axis */
function lengthsOf(array) {
  return Array.isArray(array) ? [array.length, ...lengthsOf(array[0])] : [];
}

/** @param {string} title @param {HTMLElement[]} parts @returns {HTMLElement} */
function group(title, parts) {
  const head = make("p", {}, ...notation(title, (kind, text) => make(kind, {}, text)));
  return make("div", { class: "scroll grids", tabindex: 0, role: "group", "aria-label": title }, head, ...parts);
}

/** Make a grid of numbers, its rows and columns counted from 1; a signal has one row.
 * @param {string} title @param {number[]} lengths @param {(place: number[]) => HTMLElement} cell */
function grid(title, lengths, cell) {
  const [rows, columns] = lengths.length > 1 ? lengths : [1, lengths[0]];
  const counted = (/** @type {number} */ length) => Array.from({ length }, (_, at) => at);
  const lines = counted(rows).map((row) => make("tr", {}, heading(`${row + 1}`, "row"),
    ...counted(columns).map((column) => cell(lengths.length > 1 ? [row, column] : [column]))));
  return plainTable(title, ["", ...counted(columns).map((at) => `${at + 1}`)], lines);
}

/** @param {[string, number, number]} drawn @param {string} quantity @param {string} channel @param {Column} column */
function picture([src, least, largest], quantity, channel, { shape, every }) {
  const [height, width] = (shape.length > 2 ? shape : [1, ...shape]).map((length) => Math.ceil(length / every));
  const zoom = Math.max(1, Math.floor(SIDE / Math.max(height, width)));
  return make("figure", {},
    make("img", { src, width: zoom * width, height: zoom * height, alt: `${quantity}, ${channel}: from ${written(least)}, black, to ${written(largest)}, white` }),
    make("figcaption", {}, channel, make("br"), `${written(least)} to ${written(largest)}`));
}
