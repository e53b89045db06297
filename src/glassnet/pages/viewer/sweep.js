// A recorded sweep: controls choose one of its frames, whose sentence, plot and table are shown as they were recorded.

/** @typedef {{name: string, values: (number|string)[], labels: string[], kind: "slider"|"choice", start: number}} Control */
/** @typedef {string|number|null} Cell */
/** @typedef {{title: string, cells: Cell[][], marked: number[][]}} Grid */
/** @typedef {{sentence: string, table: {title: string, head: string[], rows: Cell[][]}, plot: Plot|null, grids: Grid[]}} Frame */
/** @typedef {{format: number, title: string, controls: Control[], frames: Frame[]}} SweepRecord */

class GlassSweep extends RecordElement {
  /** @param {SweepRecord} record @param {ShadowRoot} root */
  build(record, root) {
    this.record = record;
    this.places = this.record.controls.map((control) => control.start);
    this.parts = {
      status: make("p", { class: "status", role: "status", "aria-live": "polite" }),
      picture: make("div", { class: "picture" }),
      numbers: make("div", { class: "tables" }),
    };
    const controls = this.record.controls.map((control, place) => this.control(control, place));
    root.append(make("section", { "aria-label": this.record.title }, make("p", { class: "title" }, this.record.title),
      make("div", { class: "controls" }, ...controls), this.parts.status, this.parts.picture, this.parts.numbers));
    this.show();
  }

  /** The frame of the values that are chosen: the last control changes first. @returns {Frame} */
  get frame() {
    const { controls, frames } = this.record;
    return frames[controls.reduce((found, control, place) => found * control.values.length + this.places[place], 0)];
  }

  /** Build a list of a control's values, and where they are in order a slider beside it.
   * @param {Control} control @param {number} number */
  control({ name, labels, kind, start }, number) {
    const options = labels.map((label, place) => make("option", { value: place, selected: place === start }, minus(label)));
    const list = /** @type {HTMLSelectElement} */ (make("select", kind === "slider" ? { "aria-label": `${name}, as a value` } : {}, ...options));
    const slider = /** @type {HTMLInputElement} */ (make("input", { type: "range", min: 0, max: labels.length - 1, step: 1, value: start }));
    const change = (/** @type {string} */ value) => {
      this.places[number] = Number(value);
      slider.value = list.value = value;
      slider.setAttribute("aria-valuetext", `${name} ${labels[Number(value)]}`);
      this.show();
    };
    slider.setAttribute("aria-valuetext", `${name} ${labels[start]}`);
    slider.addEventListener("input", () => change(slider.value));
    list.addEventListener("change", () => change(list.value));
    if (kind === "choice") return make("label", {}, `${name} `, list);
    return make("span", { class: "control" }, make("label", {}, `${name} `, slider), list);
  }

  show() {
    const { sentence, table: { title, head, rows }, grids } = this.frame;
    this.parts.status.textContent = sentence;
    const matrices = grids.length ? [make("div", { class: "grids" }, ...grids.map(matrixOf))] : [];
    this.parts.numbers.replaceChildren(...matrices, table(title, head, rows.map((row) => make("tr", {}, ...row.map(cellOf)))));
    this.redraw();
  }

  redraw() {
    const { plot } = this.frame;
    this.parts.picture.replaceChildren(...(plot ? [plotted(plot, this.clientWidth), legendOf(plot)] : []));
  }
}

/** Write the sign of numbers in a text as a minus; hyphens of words stay. @param {string} text */
function minus(text) {
  return text.replace(/(^|[\s(])-(?=[\d.])/g, "$1−");
}

/** @param {Cell} cell */
function cellOf(cell) {
  return typeof cell === "string" ? make("td", { class: "text" }, minus(cell)) : plainCell(cell);
}

/** Make a table of a grid; a marked cell says so in words, which its thick border replaces for the eye.
 * @param {Grid} grid @returns {HTMLElement} */
function matrixOf({ title, cells, marked }) {
  const places = new Set(marked.map(String));
  const rows = cells.map((row, i) => make("tr", {}, ...row.map((cell, j) => {
    const made = cellOf(cell);
    if (places.has(`${i},${j}`)) {
      made.classList.add("marked");
      made.append(make("span", { class: "unseen" }, " marked"));
    }
    return made;
  })));
  return make("table", { class: "grid" }, make("caption", {}, title), make("tbody", {}, ...rows));
}

if (!customElements.get("glass-sweep")) customElements.define("glass-sweep", GlassSweep);
