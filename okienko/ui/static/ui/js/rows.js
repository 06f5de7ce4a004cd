// A list walked by j and k: the row's link takes the focus, so that Enter, Tab and screen readers just work;
// the place is kept when rows come and go. With checkboxes, x picks the row and the bulk bar shows.
import { Controller } from "../vendor/page.js";

export default class Rows extends Controller {
  static targets = ["row", "bulk", "picked"];

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
