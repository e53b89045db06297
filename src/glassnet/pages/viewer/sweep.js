// A recorded sweep: controls choose one of its frames, whose sentence, plot and table are shown as they were recorded.

/** @typedef {{name: string, values: (number|string)[], labels: string[], kind: "slider"|"choice", start: number}} Control */
/** @typedef {string|number|null} Cell */
/** @typedef {{sentence: string, table: {title: string, head: string[], rows: Cell[][]}, plot: Plot|null}} Frame */
/** @typedef {{format: number, title: string, controls: Control[], frames: Frame[]}} SweepRecord */

class GlassSweep extends HTMLElement {
  connectedCallback() {
    if (this.shadowRoot) return;
    const source = this.querySelector('script[type="application/json"]');
    if (!source) return; // a page that lost its scripts keeps its tables
    /** @type {SweepRecord} */
    this.record = JSON.parse(source.textContent ?? "");
    this.places = this.record.controls.map((control) => control.start);
    const root = this.attachShadow({ mode: "open" });
    const style = new CSSStyleSheet(); // which a page's policy allows, unlike an element
    style.replaceSync(STYLE);
    root.adoptedStyleSheets = [style];
    this.parts = {
      status: make("p", { class: "status", role: "status", "aria-live": "polite" }),
      picture: make("div", { class: "picture" }),
      numbers: make("div", { class: "tables" }),
    };
    const controls = this.record.controls.map((control, place) => this.control(control, place));
    root.append(make("section", { "aria-label": this.record.title }, make("p", { class: "title" }, this.record.title),
      make("div", { class: "controls" }, ...controls), this.parts.status, this.parts.picture, this.parts.numbers));
    this.show();
    this.room = this.clientWidth;
    this.watcher = new ResizeObserver(() => requestAnimationFrame(() => this.resized()));
    this.watcher.observe(this);
  }

  disconnectedCallback() {
    this.watcher?.disconnect();
  }

  /** The frame of the values that are chosen: the last control changes first. @returns {Frame} */
  get frame() {
    const { controls, frames } = this.record;
    return frames[controls.reduce((found, control, place) => found * control.values.length + this.places[place], 0)];
  }

  /** Build a list of a control's values, and where they are in order a slider beside it.
   * @param {Control} control @param {number} number */
  control({ name, labels, kind, start }, number) {
    const options = labels.map((label, place) => make("option", { value: place, selected: place === start }, label.replace("-", "−")));
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
    const { sentence, table: { title, head, rows } } = this.frame;
    this.parts.status.textContent = sentence;
    this.parts.numbers.replaceChildren(table(title, head, rows.map((row) => make("tr", {}, ...row.map(cellOf)))));
    this.drawPlot();
  }

  drawPlot() {
    const { plot } = this.frame;
    this.parts.picture.replaceChildren(...(plot ? [plotted(plot, this.clientWidth), legendOf(plot)] : []));
  }

  resized() {
    if (this.clientWidth === this.room) return;
    this.room = this.clientWidth;
    this.drawPlot();
  }
}

/** @param {Cell} cell */
function cellOf(cell) {
  return typeof cell === "string" ? make("td", { class: "text" }, cell) : plainCell(cell);
}

if (!customElements.get("glass-sweep")) customElements.define("glass-sweep", GlassSweep);
