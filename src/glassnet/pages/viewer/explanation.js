// What is said of a number that was chosen: where it comes from, and of a gradient a central difference beside it.

const COSTS = ["E", "E after"], ROWS_HAVE = ["x", "z", "delta", "dE/dx"];
const RECORDED = { E: 15, quotient: 10 }; // digits

/** @param {ViewRecord} record @param {Run} run @param {Moment} now @param {number} sample @param {Place} place
 * @returns {Node[]} */
function explained(record, run, now, sample, place) {
  const moment = momentOf(place, now), name = nameOf(place), value = known(run, moment, sample, place);
  if (value === null) return [make("p", {}, `${name} is not known yet`)];
  const equations = record.equations, found = equations[`${place.quantity}|${place.layer}|${place.index.join()}`];
  const right = typeof found === "string" ? equations[found] : found;
  const left = record.samples.length > 1 && ROWS_HAVE.includes(place.quantity) ? { ...place, own: [sample, ...(place.own ?? place.index)] } : place;
  const put = (/** @type {Letter} */ letter) => numberOf(record, run, moment, sample, letter, place.quantity === "E after");
  const shown = right === undefined ? [quiet(without(run, moment, place))] : [equation(left, ofRow(right, sample), value, put)];
  if (right !== undefined && JSON.stringify(right).includes("⋯")) shown.push(quiet("⋯ are the terms of units that are not shown."));
  if (right !== undefined && place.quantity === "E after") shown.push(quiet("The outputs are those after the update."));
  return [make("p", {}, `${name} = ${written(value)}`), ...shown, ...gradientCheck(run, moment, place, value)];
}

/** Say why a number has no equation. @param {Run} run @param {Moment} moment @param {Place} place */
function without(run, { step }, { quantity, layer }) {
  if (quantity === "sigma'(z)") return "The derivative of the activation at z.";
  if (!(quantity in run.steps[step].layers[layer - 1]?.parameters)) return "No equation is recorded for this number.";
  return step ? `A parameter as the update of step ${run.steps[step - 1].number} left it.` : "A parameter as it was given.";
}

/** @param {string} text */
function quiet(text) {
  return make("p", { class: "quiet" }, text);
}

/** Return the moment that a number is of: a cost belongs to a step. @param {Place} place @param {Moment} now @returns {Moment} */
function momentOf({ step }, now) {
  if (step === undefined || step === now.step) return now;
  return { step, phase: step < now.step ? UPDATE : START };
}

/** Return the number that stands for a letter at a moment.
 * @param {ViewRecord} record @param {Run} run @param {Moment} moment @param {number} row @param {Letter} letter
 * @param {boolean} after whether the outputs are those after the update @returns {number|null} */
function numberOf(record, run, moment, row, { name, layer, slope, at }, after) {
  if (name === "pi") return Math.PI;
  if (name === "tau") return run.stepSize;
  const ofRows = record.samples.length > 1 && ["x", "z", "delta", "y"].includes(name);
  const sample = ofRows ? at[0] : row, index = ofRows ? at.slice(1) : at;
  if (name === "y") return entry(record.y[sample], index);
  if (after) return entry(run.steps[moment.step].output_after[sample], index);
  if (layer === 0) return slope ? null : entry(record.x[sample], index);
  return known(run, moment, sample, { quantity: slope ? `dE/d${name}` : name, layer: /** @type {number} */ (layer), index });
}

/** Show the central difference of a gradient, as it was recorded.
 * @param {Run} run @param {Moment} moment @param {Place} place @param {number} gradient @returns {Node[]} */
function gradientCheck(run, moment, { quantity, layer, index, own }, gradient) {
  const name = quantity.slice(4);
  if (!quantity.startsWith("dE/d") || !(name in run.steps[moment.step].layers[layer - 1].gradients)) return [];
  const check = /** @type {any} */ (entry(run.checks[moment.step]?.[layer - 1]?.[name], index));
  if (!Array.isArray(check)) return [quiet("No gradient check is recorded for this number.")];
  const [h, below, above, quotient, difference] = check, place = { quantity: name, layer, index, own };
  const value = /** @type {number} */ (known(run, moment, 0, place));
  return [
    make("p", {}, `Gradient check: ${nameOf(place)} = ${written(value)} is moved by h = ${written(h)} to both sides, and all else is kept. The slope of E between them has to be about the gradient.`),
    differenceEquation(place, h, below, above, quotient),
    make("p", {}, `The backward pass gives ${written(gradient, RECORDED.quotient)}; the quotient differs from it by ${written(difference, 3)}.`),
  ];
}

/** @param {Place} place @param {number} h @param {number} below @param {number} above @param {number} quotient */
function differenceEquation(place, h, below, above, quotient) {
  const letter = () => leftSide(place), sign = (/** @type {string} */ text) => math("mo", text);
  const at = (/** @type {string} */ side) => [math("mi", "E"), bracket("("), letter(), sign(side), math("mi", "h"), bracket(")")];
  const E = (/** @type {number} */ value, /** @type {boolean} */ first) => numeral(value, first, RECORDED.E);
  const general = math("mfrac", math("mrow", ...at("+"), sign("−"), ...at("−")), math("mrow", math("mn", "2"), math("mi", "h")));
  const numbers = math("mfrac", math("mrow", E(above, true), sign("−"), E(below, false)), math("mrow", math("mn", "2"), sign("·"), numeral(h, true)));
  const slope = leftSide({ ...place, quantity: `dE/d${place.quantity}` });
  return aligned([[slope, "≈", general], ["", "=", numbers], ["", "=", numeral(quotient, true, RECORDED.quotient)]]);
}
