// What a viewer is given: the record that `glassnet.insight.viewer_record` makes. Nothing here is computed again.

/**
 * Where a number stands in a run: a quantity such as "z" or "dE/dW", the layer counted from 1, and its indices among
 * what is shown; `own` are those among all, where they differ. The cost E belongs to no layer (0) and to a step, counted
 * from 0.
 * @typedef {{quantity: string, layer: number, index: number[], own?: number[], step?: number}} Place
 */

/**
 * Layers that are drawn as one column; the first column is the inputs.
 * @typedef {object} Column
 * @property {string[]} names of the inputs and its layers
 * @property {number} size how many units it has
 * @property {number[]} shape the same, or of images height, width and channels
 * @property {number[]} shown which units or channels are shown, counted from 0
 * @property {number} every of images that are pictures which rows and columns are drawn, 1 for all; else 0
 * @property {string[]} labels of the units or channels that are shown
 * @property {number[]} layers their numbers, counted from 1
 * @property {number} x where it stands, from 0 to 1
 * @property {number[]} y where its units stand, from 0 at the bottom to 1
 */

/**
 * A layer, for its tables.
 * @typedef {object} Layer
 * @property {string} name
 * @property {number} column the column that it is part of
 * @property {string[]} labels of the units that are shown
 * @property {Record<string, number>} sources of every matrix or kernel the column that it leads from
 * @property {string[]} elsewhere the parameters that are not shown here
 */

/**
 * A weight that is drawn, from a column and unit to another.
 * @typedef {{layer: number, parameter: string, index: number[], from: number[], to: number[]}} Edge
 */

/**
 * The numbers of one layer in one step: signals have an entry a sample, parameters have none.
 * Pictures have of every sample and channel an address, the least and the largest number.
 * @typedef {{signals: Record<string, any[]>, pictures: Record<string, [string, number, number][][]>, parameters: Record<string, any>, gradients: Record<string, any>,
 *   after: Record<string, any>}} LayerNumbers
 */

/**
 * One step of training.
 * @typedef {object} Step
 * @property {number} number
 * @property {number|null} E null of a forward pass alone
 * @property {number|null} E_after
 * @property {number[][]} output_before
 * @property {number[][]} output_after
 * @property {LayerNumbers[]} layers
 */

/**
 * A run, one for every value of what is varied.
 * The first of its steps have gradient checks: of every layer the parameters by name, and for every entry
 * [h, E(p - h), E(p + h), quotient, quotient - gradient].
 * @typedef {{value: number|null, stepSize: number, steps: Step[], checks: Record<string, any>[][]}} Run
 */

/**
 * All that is shown.
 * @typedef {object} ViewRecord
 * @property {number} format
 * @property {string} title
 * @property {number} phases how many a step has: 3, or 1 of a forward pass alone
 * @property {string[]} samples the names of the rows
 * @property {any[]} x the inputs of every row
 * @property {Record<string, [string, number, number][][]>} pictures of images that are too large for numbers
 * @property {number[][]} y the targets
 * @property {string[]} outputs their names
 * @property {Record<string, Formula>} equations right sides, by quantity, layer and index, or where the same one stands
 * @property {Column[]} columns
 * @property {Layer[]} layers
 * @property {Edge[]} edges
 * @property {{name: string, start: number, marks: {value: number, text: string}[]}|null} vary
 * @property {Run[]} runs
 */
