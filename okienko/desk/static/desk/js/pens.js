// The composers of a ticket: one open at a time. They say in plain words who receives what is written, and point
// out who is new to the ticket.
import { Controller } from "../../ui/vendor/page.js";

const ADDRESS = /[^\s<>,;"]+@[^\s<>,;"]+/g;

export default class Pens extends Controller {
  static targets = ["pen", "seen", "addresses"];
  static values = { known: Array };

  addressesTargetConnected(addresses) {
    this.show(addresses, !addresses.querySelector("[name=to]").value);
    addresses.addEventListener("focusin", () => this.show(addresses, true));
  }

  /** One that comes open closes the others, which the browser may have kept open. */
  penTargetConnected(pen) {
    if (!pen.hidden) this.penTargets.forEach((other) => (other.hidden = other !== pen));
    if (pen.querySelector("[contenteditable=true]")) this.ready({ target: pen });
    this.check(pen);
  }

  /** Opens the composer of a kind and puts the caret into it. */
  open({ params: { kind } }) {
    for (const pen of this.penTargets) pen.hidden = pen.dataset.kind !== kind;
    this.element.classList.remove("folded");
    const pen = this.penTargets.find((each) => !each.hidden);
    (pen?.querySelector("[contenteditable=true]") ?? pen?.querySelector("textarea"))?.focus();
  }

  fold() {
    this.element.classList.add("folded");
  }

  /** The editor runs: from now on its HTML counts, not the plain text. */
  ready({ target }) {
    target.querySelector("[name=rich]").value = "1";
  }

  sent() {
    this.dispatch("sent", { target: window });
    this.fold();
  }

  /** Enter in a line of addresses sends nothing. */
  stay() {}

  address({ target }) {
    const addresses = target.closest("form").querySelector(".rcs");
    this.show(addresses, addresses.classList.contains("shut"));
    addresses.querySelector("[name=to]").focus();
  }

  everyone({ target, params: { to, cc } }) {
    const pen = target.closest("form");
    for (const [name, value] of Object.entries({ to, cc })) {
      pen.elements[name].value = value;
      pen.elements[name].dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  typed({ target, currentTarget }) {
    if (["to", "cc"].includes(target.name)) this.check(currentTarget);
  }

  /** What came in while nothing was written here yet is known to whoever begins to write now. */
  caughtUp({ detail: { newest } }) {
    for (const seen of this.seenTargets) {
      if (!seen.form.elements.html.value && !seen.form.elements.text.value) seen.value = newest;
    }
  }

  /** Another window has saved this draft: show its text, so that one of the two can be chosen. */
  elsewhere({ target, detail: { version, html } }) {
    const box = target.querySelector(".conflict");
    const other = new DOMParser().parseFromString(html, "text/html");
    box.querySelector("blockquote").textContent = [...other.body.children].map((each) => each.textContent).join("\n");
    Object.assign(this, { other: html, version });
    box.hidden = false;
  }

  takeTheirs(event) {
    const pen = this.settle(event);
    pen.elements.html.value = this.other;
    this.application.getControllerForElementAndIdentifier(pen, "composer").reload();
  }

  keepMine(event) {
    const pen = this.settle(event);
    pen.elements.html.dispatchEvent(new Event("input", { bubbles: true }));
  }

  settle({ target }) {
    const pen = target.closest("form");
    pen.dataset.autosaveVersionValue = this.version;
    pen.querySelector(".conflict").hidden = true;
    return pen;
  }

  show(addresses, isOpen) {
    addresses.classList.toggle("shut", !isOpen);
    addresses.closest("form").querySelector(".whom")?.setAttribute("aria-expanded", isOpen);
  }

  check(pen) {
    const { to, cc } = pen.elements;
    if (!to) return;
    const whom = pen.querySelector(".whom span");
    whom.textContent = [to.value, cc.value].filter((each) => each.trim()).join(", ") || whom.dataset.nobody;
    const written = `${to.value}, ${cc.value}`.match(ADDRESS) ?? [];
    const strangers = written.filter((address) => !this.knownValue.includes(address.toLowerCase()));
    const warning = pen.querySelector(".new");
    warning.hidden = !strangers.length;
    warning.querySelector("b").textContent = strangers.join(", ");
  }
}
