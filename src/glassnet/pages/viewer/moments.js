// Where the viewer stands: a step, and how much of it is done. Gradients are known only after the backward pass.

const START = 0, FORWARD = 1, BACKWARD = 2, UPDATE = 3;
const PHASES = ["start", "forward", "backward", "update"];

/** @typedef {{step: number, phase: number}} Moment a step counted from 0, and the last phase that is done */

/** @param {number} position of all phases, from 0 before the first step @returns {Moment} */
function momentAt(position) {
  if (position <= 0) return { step: 0, phase: START };
  return { step: Math.floor((position - 1) / 3), phase: ((position - 1) % 3) + 1 };
}

/** @param {Run} run @returns {number} the position after the last update */
function lastPosition(run) {
  return 3 * run.steps.length;
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
  const start = `Step ${step.number} of ${run.steps[run.steps.length - 1].number}, ${PHASES[moment.phase]}`;
  switch (moment.phase) {
    case FORWARD:
      return `${start}: ${outputs(step.output_before[sample])}; E = ${written(step.E)}`;
    case BACKWARD: {
      const delta = known(run, moment, sample, { quantity: "delta", layer: last, index: [0] });
      return delta === null ? `${start}: the gradients are known` : `${start}: delta of layer ${last} is ${written(delta)}`;
    }
    case UPDATE:
      return `${start}: now ${outputs(step.output_after[sample])}; E = ${written(step.E_after)}`;
    default:
      return `${start}: the parameters are as given, nothing is computed yet`;
  }
}
