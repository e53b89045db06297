// What all elements share: they find their record, adopt the style sheet, and draw again where their room changes.

class RecordElement extends HTMLElement {
  connectedCallback() {
    if (!this.shadowRoot) {
      const source = this.querySelector('script[type="application/json"]');
      if (!source) return; // a page that lost its scripts keeps its tables
      const root = this.attachShadow({ mode: "open" });
      const style = new CSSStyleSheet(); // which a page's policy allows, unlike an element
      style.replaceSync(STYLE);
      root.adoptedStyleSheets = [style];
      this.room = this.clientWidth;
      this.build(JSON.parse(source.textContent ?? ""), root);
      this.watcher = new ResizeObserver(() => requestAnimationFrame(() => this.resized()));
    }
    this.watcher?.observe(this); // also where the element was moved within its page
    this.resized();
  }

  disconnectedCallback() {
    this.watcher?.disconnect();
  }

  resized() {
    if (this.clientWidth === 0 || this.clientWidth === this.room) return;
    this.room = this.clientWidth;
    this.redraw();
  }

  /** Make what is shown, once. @param {any} record @param {ShadowRoot} root */
  build(record, root) {}

  /** Draw what depends on the width. */
  redraw() {}
}
