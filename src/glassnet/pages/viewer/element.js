// The element: finds its record, shows it at a moment, and moves on by button and by key.

const KEYS = { f: FORWARD, b: BACKWARD, u: UPDATE };
const MILLISECONDS_A_PHASE = 700;
const SYMBOLS = "x^0: inputs, z: what a neuron sums up, x: its output, the activation of z", OF_COST = "; y: targets, E: cost, delta = dE/dz";
const LINES = "Lines are weights: wider for larger ones, dashed for negative ones. A circle has x, rounded", DELTAS = ", and delta below it";

class GlassView extends RecordElement {
  /** @param {ViewRecord} record @param {ShadowRoot} root */
  build(record, root) {
    this.record = record;
    this.place = 0; // among the phases of all steps
    this.runNumber = record.vary?.start ?? 0;
    this.sample = 0;
    this.layer = record.layers.length;
    this.timer = 0;
    /** @type {Place|null} */
    this.chosen = null;
    this.parts = this.skeleton();
    root.append(this.parts.all);
    this.parts.all.addEventListener("keydown", (event) => this.pressed(/** @type {KeyboardEvent} */ (event)));
    this.show();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.halt();
  }

  get run() {
    return this.record.runs[this.runNumber];
  }

  /** Build what stays: buttons, choices, and places for what changes. */
  skeleton() {
    const button = (/** @type {string} */ text, /** @type {string} */ key, /** @type {() => void} */ action) => {
      const made = make("button", { type: "button", "aria-keyshortcuts": key }, text);
      made.addEventListener("click", action);
      return made;
    };
    const trained = this.record.phases > 1; // else there are no gradients, and no buttons for them
    const buttons = {
      forward: button("Forward", "F", () => this.advance(FORWARD)),
      ...(trained ? { backward: button("Backward", "B", () => this.advance(BACKWARD)), update: button("Update", "U", () => this.advance(UPDATE)) } : {}),
      run: button("Run", "Space", () => this.play()),
      back: button("Back", "ArrowLeft", () => this.goTo(this.place - 1)),
    };
    const status = make("p", { class: "status", role: "status", "aria-live": "polite" });
    const picture = make("div", { class: "diagram", role: "group", tabindex: 0, "aria-label": "Diagram" });
    const equation = make("div", { class: "equation", role: "region", tabindex: 0, "aria-label": "Equation" }, quiet("Choose an underlined number to see how it was computed."));
    const answer = make("p", { class: "unseen", "aria-live": "polite" }); // said once, where the region changes at every step
    const tables = make("div", { class: "tables" });
    const controls = make("div", { class: "controls", role: "group", "aria-label": "Steps" }, ...Object.values(buttons));
    const { record } = this, hint = quiet(`Keys, with the focus in this part: F forward, ${trained ? "B backward, U update, " : ""}space runs, left goes back.`);
    const all = make("section", { "aria-label": this.record.title }, make("p", { class: "title" }, this.record.title),
      quiet(`${SYMBOLS}${trained ? OF_COST : ""}.`), controls, ...this.choices(), status, picture, ...(record.edges.length ? [quiet(`${LINES}${trained ? DELTAS : ""}.`)] : []), tables, equation, answer, hint);
    return { all, buttons, status, picture, equation, answer, tables };
  }

  /** Build the choices of a run, a row and a layer, where there is something to choose. */
  choices() {
    const { record } = this, found = [];
    if (record.vary && record.runs.length > 1) found.push(this.runChoice());
    if (record.samples.length > 1) {
      found.push(this.select("row", record.samples, this.sample, (chosen) => { this.sample = chosen; }));
    }
    if (record.layers.length > 1 || record.columns[0].shape.length > 1) {
      const first = record.columns[0].shape.length > 1 ? 0 : 1; // of tables the diagram has the inputs
      const names = [...(first ? [] : ["0: the image"]), ...record.layers.map((layer, place) => `${place + 1}: ${layer.name}`)];
      found.push(this.select("layer in the tables", names, this.layer - first, (chosen) => { this.layer = chosen + first; }));
    }
    return found.length ? [make("div", { class: "controls" }, ...found)] : [];
  }

  /** @param {string} name @param {string[]} options @param {number} chosen @param {(chosen: number) => void} act */
  select(name, options, chosen, act) {
    const list = make("select", {}, ...options.map((text, place) => make("option", { value: place, selected: place === chosen }, text)));
    list.addEventListener("change", () => {
      act(Number(/** @type {HTMLSelectElement} */ (list).value));
      this.show();
    });
    return make("label", {}, `${name} `, list);
  }

  /** Build a slider and a list of values: every value has a recorded run. */
  runChoice() {
    const { record } = this, vary = /** @type {NonNullable<ViewRecord["vary"]>} */ (record.vary);
    const last = record.runs.length - 1;
    const slider = /** @type {HTMLInputElement} */ (make("input", { type: "range", min: 0, max: last, step: 1, value: this.runNumber }));
    const list = /** @type {HTMLSelectElement} */ (make("select", { "aria-label": `${vary.name}, as a number` },
      ...record.runs.map((run, place) => {
        const mark = vary.marks.find((each) => each.value === run.value);
        return make("option", { value: place, selected: place === this.runNumber }, written(run.value) + (mark ? ` (${mark.text})` : ""));
      })));
    const change = (/** @type {string} */ value) => {
      this.halt();
      this.runNumber = Number(value);
      slider.value = list.value = value;
      slider.setAttribute("aria-valuetext", `${vary.name} ${written(this.run.value)}`);
      this.place = Math.min(this.place, lastPosition(this.record, this.run));
      this.show();
    };
    slider.addEventListener("input", () => change(slider.value));
    list.addEventListener("change", () => change(list.value));
    slider.setAttribute("aria-valuetext", `${vary.name} ${written(this.run.value)}`);
    return make("span", {}, make("label", {}, `${vary.name} `, slider), list);
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    const target = /** @type {HTMLElement} */ (event.composedPath()[0]), typed = event.key.toLowerCase();
    if (event.ctrlKey || event.metaKey || event.altKey || target.matches("input, select")) return;
    const scrolls = typed.startsWith("arrow") && target.matches('[tabindex="0"]') && target.scrollWidth > target.clientWidth;
    if (scrolls) return;
    if (typed in KEYS) this.advance(KEYS[/** @type {keyof typeof KEYS} */ (typed)]);
    else if (typed === "arrowright") this.goTo(this.place + 1);
    else if (typed === "arrowleft") this.goTo(this.place - 1);
    else if (typed === " " && !target.matches("button, summary")) this.play();
    else return;
    event.preventDefault();
  }

  /** Do a phase if it is the next one. @param {number} phase */
  advance(phase) {
    if (phase <= this.record.phases && nextPhase(momentAt(this.place)) === phase) this.goTo(this.place + 1);
  }

  /** @param {number} position */
  goTo(position) {
    this.halt();
    this.place = Math.max(0, Math.min(position, lastPosition(this.record, this.run)));
    this.show();
  }

  /** Run to the end, phase by phase, or at once for those who want no motion; a second time stops. */
  play() {
    if (this.timer || this.place >= lastPosition(this.record, this.run)) return this.halt();
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return this.goTo(lastPosition(this.record, this.run));
    this.timer = setInterval(() => {
      this.place = Math.min(this.place + 1, lastPosition(this.record, this.run));
      if (this.place >= lastPosition(this.record, this.run)) this.halt();
      this.show();
    }, MILLISECONDS_A_PHASE);
    this.show();
  }

  halt() {
    clearInterval(this.timer);
    this.timer = 0;
    if (this.parts) this.parts.buttons.run.textContent = "Run";
  }

  show() {
    const moment = momentAt(this.place), { record, run, sample, parts } = this, ended = this.place >= lastPosition(record, run);
    const next = ended ? START : nextPhase(moment), { buttons } = parts;
    for (const [made, phase] of /** @type {[HTMLElement|undefined, number][]} */ ([[buttons.forward, FORWARD], [buttons.backward, BACKWARD], [buttons.update, UPDATE]])) {
      made?.setAttribute("aria-disabled", String(next !== phase));
    }
    buttons.run.setAttribute("aria-disabled", String(ended));
    buttons.back.setAttribute("aria-disabled", String(this.place === 0));
    if (this.timer) buttons.run.textContent = "Stop";
    parts.status.textContent = said(record, run, moment, sample);
    this.redraw();
    const choose = (/** @type {Place} */ place) => this.choose(place);
    const focused = this.shadowRoot?.activeElement?.getAttribute("aria-label");
    parts.tables.replaceChildren(history(record, run, moment, sample, choose), ...layerTables(record, run, moment, sample, this.layer, choose));
    this.explain();
    if (focused) this.focusAgain(focused);
  }

  /** Keep the focus on a number whose table was drawn again. @param {string} label */
  focusAgain(label) {
    const name = label.split(" is ")[0];
    for (const button of this.parts.tables.querySelectorAll("button")) {
      if (button.getAttribute("aria-label")?.startsWith(`${name} is `)) return button.focus();
    }
    if (!this.shadowRoot?.activeElement) this.parts.equation.focus(); // the keys go on where a number is not known now
  }

  redraw() {
    const { record, run, sample, parts } = this;
    parts.picture.replaceChildren(diagram(record, run, momentAt(this.place), sample, this.clientWidth));
  }

  /** Choose a number, and have said what is shown of it. @param {Place} place */
  choose(place) {
    this.chosen = place;
    this.explain();
    this.parts.answer.textContent = [...this.parts.equation.querySelectorAll("p")].map((part) => part.textContent).join(" ");
  }

  /** Show where the number that was chosen comes from. */
  explain() {
    const { record, run, sample, parts, chosen } = this;
    if (chosen) parts.equation.replaceChildren(...explained(record, run, momentAt(this.place), sample, chosen));
  }
}

if (!customElements.get("glass-view")) customElements.define("glass-view", GlassView);
