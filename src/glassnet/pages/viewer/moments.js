// Where the viewer stands: a step, and how much of it is done. Gradients are known only after the backward pass.

const START = 0, FORWARD = 1, BACKWARD = 2, UPDATE = 3;
const PHASES = ["start", "forward", "backward", "update"];

/** @typedef {{step: number, phase: number}} Moment a step counted from 0, and the last phase that is done */

/** @param {number} position of all phases, from 0 before the first step @returns {Moment} */
function momentAt(position) {
  if (position <= 0) return { step: 0, phase: START };
  return { step: Math.floor((position - 1) / 3), phase: ((position - 1) % 3) + 1 };
}

/** @param {ViewRecord} record @param {Run} run @returns {number} the position after the last update */
function lastPosition(record, run) {
  return record.phases * run.steps.length;
}

/** @param {Moment} moment @returns {number} the phase that comes next */
function nextPhase(moment) {
  return moment.phase === UPDATE || moment.phase === START ? FORWARD : moment.phase + 1;
}

/** Return a number that is known at a moment, or null.
 * @param {Run} run @param {Moment} moment @param {number} sample @param {Place} place @returns {number|null} */
function known(run, moment, sample, place) {
  const step = run.steps[moment.step], { quantity, index } = place;
  if (quantity === "E") return moment.phase >= FORWARD ? step.E : null;
  if (quantity === "E after") return moment.phase >= UPDATE ? step.E_after : null;
  const numbers = step.layers[place.layer - 1];
  if (quantity in numbers.signals) {
    const needs = quantity === "z" || quantity === "x" ? FORWARD : BACKWARD;
    return moment.phase >= needs ? entry(numbers.signals[quantity][sample], index) : null;
  }
  if (quantity.startsWith("dE/d")) {
    return moment.phase >= BACKWARD ? entry(numbers.gradients[quantity.slice(4)], index) : null;
  }
  if (quantity.endsWith(" after")) {
    return moment.phase >= UPDATE ? entry(numbers.after[quantity.slice(0, -6)], index) : null;
  }
  return entry(numbers.parameters[quantity], index);
}

/** Say in words where the viewer stands.
 * @param {ViewRecord} record @param {Run} run @param {Moment} moment @param {number} sample @returns {string} */
function said(record, run, moment, sample) {
  const step = run.steps[moment.step], last = record.layers.length;
  const outputs = (/** @type {number[]} */ values) =>
    values.slice(0, 4).map((value, place) => `${record.outputs[place]} = ${written(value)}`).join(", ");
  const start = record.phases > 1 ? `Step ${step.number} of ${run.steps[run.steps.length - 1].number}, ${PHASES[moment.phase]}` : "Forward pass";
  switch (moment.phase) {
    case FORWARD:
      return `${start}: ${outputs(step.output_before[sample])}${step.E === null ? "" : `; E = ${written(step.E)}`}`;
    case BACKWARD: {
      const deltas = record.outputs.slice(0, 4).map((name, unit) => [name, known(run, moment, sample, { quantity: "delta", layer: last, index: [unit] })]);
      const found = deltas.filter(([, delta]) => delta !== null).map(([name, delta]) => `of ${name} = ${written(/** @type {number} */ (delta))}`);
      return found.length ? `${start}: delta ${found.join(", ")}` : `${start}: the gradients are known`;
    }
    case UPDATE:
      return `${start}: now ${outputs(step.output_after[sample])}; E = ${written(step.E_after)}`;
    default:
      return `${start}: the parameters are as given, nothing is computed yet${aims(record, run, sample)}`;
  }
}

/** Say what is aimed at, and how far a step goes. @param {ViewRecord} record @param {Run} run @param {number} sample */
function aims(record, run, sample) {
  if (record.phases === 1) return "";
  const targets = record.y[sample].slice(0, 4).map((value) => (value === null ? "unknown" : written(value))).join(", ");
  return `; the target is y = ${targets}, and the step size tau = ${written(run.stepSize)}`;
}
