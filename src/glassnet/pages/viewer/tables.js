// The tables: what came of every step so far, and the numbers of each layer at this moment. A number is a button.

/** @callback Choose @param {Place} place */

const MOST_PARAMETERS = 12; // up to which a line of a step has them all
const MOST_OUTPUTS = 6;

/** Return the places of all parameters after a step, the last layer's first, where a line has room for them.
 * @param {Run} run @returns {Place[]} */
function parameterPlaces(run) {
  const found = run.steps[0].layers.flatMap((numbers, place) =>
    Object.entries(numbers.parameters).map(([name, array]) => indices(array).map((index) => ({ quantity: `${name} after`, layer: place + 1, index })))).reverse().flat();
  return found.length > MOST_PARAMETERS ? [] : found;
}

/** @param {any} array @returns {number[][]} the indices of all entries */
function indices(array) {
  return Array.isArray(array) ? array.flatMap((part, at) => indices(part).map((index) => [at, ...index])) : [[]];
}

/** Make a table of what is known so far, a line a step.
 * @param {ViewRecord} record @param {Run} run @param {Moment} moment @param {number} sample
 * @param {Choose} choose @returns {HTMLElement} */
function history(record, run, moment, sample, choose) {
  const outputs = record.outputs.slice(0, MOST_OUTPUTS), places = parameterPlaces(run);
  if (record.phases === 1) {
    const cells = outputs.map((_, at) => plainCell(moment.phase >= FORWARD ? run.steps[0].output_before[sample][at] : null));
    return table("Outputs", outputs, [make("tr", {}, ...cells)]);
  }
  const head = ["step", ...outputs, "E", ...outputs.map((name) => `${name} after`), "E after", ...places.map(nameOf)];
  const lines = run.steps.slice(0, moment.step + 1).map((step, place) => {
    const phase = place < moment.step ? UPDATE : moment.phase;
    const values = (/** @type {number[][]} */ rows, /** @type {number} */ since) => outputs.map((_, at) => plainCell(phase >= since ? rows[sample][at] : null));
    const here = { step: place, phase }, cost = (/** @type {string} */ quantity) => {
      const of = { quantity, layer: 0, index: [], step: place };
      return numberCell(known(run, here, sample, of), of, choose);
    };
    return make("tr", {}, make("th", { scope: "row" }, String(step.number)), ...values(step.output_before, FORWARD), cost("E"),
      ...values(step.output_after, UPDATE), cost("E after"), ...places.map((each) => plainCell(known(run, here, sample, each))));
  });
  return table("Every step so far", head, lines);
}

/** Make the tables of a layer: its units, then its weights.
 * @param {ViewRecord} record @param {Run} run @param {Moment} moment @param {number} sample @param {number} layer
 * @param {Choose} choose @returns {HTMLElement[]} */
function layerTables(record, run, moment, sample, layer, choose) {
  const ofImages = columnOf(record, layer).shape.length > 1, found = ofImages ? imageParts(record, run, moment, sample, layer, choose) : [];
  if (!layer) return found;
  const numbers = run.steps[moment.step].layers[layer - 1], { labels, name: kind, sources, elsewhere } = record.layers[layer - 1];
  const one = (/** @type {any} */ values) => Array.isArray(values) && values.length === labels.length && !Array.isArray(values[0]);
  const signals = Object.keys(numbers.signals).filter((name) => one(numbers.signals[name][sample]));
  const vectors = Object.keys(numbers.parameters).filter((name) => one(numbers.parameters[name]));
  const quantities = (/** @type {string} */ name) => [name, ...(name in numbers.gradients ? [`dE/d${name}`, `${name} after`] : [])];
  const columns = [...signals, ...vectors.flatMap(quantities)], { shown } = columnOf(record, layer);
  const cell = (/** @type {Place} */ place) => numberCell(known(run, moment, sample, place), place, choose);
  const title = `Layer ${layer}: ${kind}${moment.phase === UPDATE ? "; z, x and delta are those before the update" : ""}`;
  const units = labels.map((label, unit) =>
    make("tr", {}, heading(label, "row"), ...columns.map((quantity) => cell({ quantity, layer, index: [unit], own: [shown[unit]] }))));
  if (columns.length) found.push(table(ofImages ? `Channels of layer ${layer}` : title, [ofImages ? "channel" : "unit", ...columns], units));
  else if (!ofImages) found.push(make("p", {}, title));
  if (elsewhere.length) found.push(quiet(`Not shown here, since they are not of single units: ${elsewhere.join(", ")}.`));
  for (const [name, source] of Object.entries(sources)) {
    if (ofImages) found.push(...kernelParts(record, run, moment, sample, layer, name, choose));
    else for (const quantity of quantities(name)) {
      const from = record.columns[source];
      const rows = numbers.parameters[name].map((/** @type {number[]} */ row, /** @type {number} */ unit) =>
        make("tr", {}, heading(`from ${from.labels[unit]}`, "row"),
          ...row.map((_, target) => cell({ quantity, layer, index: [unit, target], own: [from.shown[unit], shown[target]] }))));
      if (known(run, moment, sample, { quantity, layer, index: [0, 0] }) !== null) {
        found.push(table(`${quantity} of layer ${layer}`, ["", ...labels.map((label) => `to ${label}`)], rows));
      }
    }
  }
  return found;
}

/** @param {string} title @param {string[]} head @param {HTMLElement[]} lines @returns {HTMLElement} */
function table(title, head, lines) {
  return make("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": title }, plainTable(title, head, lines));
}

/** @param {string} title @param {string[]} head @param {HTMLElement[]} lines @returns {HTMLElement} */
function plainTable(title, head, lines) {
  const header = make("tr", {}, ...head.map((name) => (name ? heading(name) : make("td"))));
  return make("table", {}, make("caption", {}, title), make("thead", {}, header), make("tbody", {}, ...lines));
}

/** Make the head of a column or row; what is lowered to the eye is read as it is written elsewhere.
 * @param {string} name @param {string} scope */
function heading(name, scope = "col") {
  const parts = notation(name, (kind, text) => make(kind, {}, text));
  return make("th", { scope, "aria-label": parts.length > 1 ? name : null }, ...parts);
}

/** @param {number|null} value */
function plainCell(value) {
  return value === null ? make("td") : make("td", { "data-value": value }, written(value));
}

/** @param {number|null} value @param {Place} place @param {Choose} choose */
function numberCell(value, place, choose) {
  if (value === null) return make("td");
  const name = nameOf(place);
  const button = make("button", { type: "button", class: "number", "data-value": value, "aria-label": `${name} is ${written(value)}` }, written(value));
  button.addEventListener("click", () => choose(place));
  return make("td", {}, button);
}

/** @param {Place} place @returns {string} such as "dE/dW^1_1,2" or "E of step 1" */
function nameOf(place) {
  if (place.step !== undefined) return `${place.quantity}${place.quantity === "E" ? " of" : ""} step ${place.step + 1}`;
  const [quantity, when] = place.quantity.split(" ");
  return `${quantity}^${place.layer}_${(place.own ?? place.index).map((at) => at + 1).join(",")}${when ? ` ${when}` : ""}`;
}
