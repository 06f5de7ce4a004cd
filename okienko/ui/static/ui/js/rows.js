// A list walked by j and k: the row's link takes the focus, so that Enter, Tab and screen readers just work;
// the place is kept when rows come and go. With checkboxes, x picks the row and the bulk bar shows.
// A list with data-rows-follows-value marks the row whose page is open beside it; a row that a live re-read
// brings is marked "came".
import { Controller } from "../vendor/page.js";

export default class Rows extends Controller {
  static targets = ["row", "bulk", "picked"];
  static values = { follows: Boolean };

  connect() {
    this.onSwap = ({ detail }) => (this.isLive = detail.target === this.element && !detail.boosted);
    this.onSwapped = () => this.mark();
    document.addEventListener("htmx:beforeSwap", this.onSwap);
    document.addEventListener("htmx:afterSwap", this.onSwapped);
    this.mark();
  }

  disconnect() {
    document.removeEventListener("htmx:beforeSwap", this.onSwap);
    document.removeEventListener("htmx:afterSwap", this.onSwapped);
  }

  mark() {
    const before = this.known;
    this.known = new Set(this.rowTargets.map((row) => row.id));
    for (const row of this.rowTargets) {
      if (this.isLive && before) row.classList.toggle("came", !before.has(row.id));
      if (!this.followsValue) continue;
      if (this.link(row)?.pathname === location.pathname) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    }
  }

  next() {
    this.move(1);
  }

  previous() {
    this.move(-1);
  }

  open() {
    this.link(this.current)?.click();
  }

  pick() {
    this.current?.querySelector("input[type=checkbox]")?.click();
  }

  /** After a checkbox changed: show how many are picked. */
  count() {
    const picked = this.element.querySelectorAll("[data-rows-target=row] input:checked").length;
    if (this.hasBulkTarget) this.bulkTarget.hidden = picked === 0;
    this.pickedTargets.forEach((target) => (target.textContent = picked));
  }

  move(by) {
    const rows = this.rowTargets;
    const at = rows.indexOf(this.current);
    const row = rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + by))];
    if (!row) return;
    row.scrollIntoView({ block: "nearest" });
    this.link(row)?.focus({ preventScroll: true });
  }

  link(row) {
    return row?.matches("a") ? row : row?.querySelector("a[href]");
  }

  get current() {
    return this.rowTargets.find((row) => row.contains(document.activeElement)) ??
      this.rowTargets.find((row) => row.matches("[aria-current=true], [aria-selected=true]"));
  }
}
