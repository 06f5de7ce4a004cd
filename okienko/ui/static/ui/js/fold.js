// On a phone the composer is one line until it is pressed: pressing takes the class "folded" off.
import { Controller } from "../vendor/page.js";

export default class Fold extends Controller {
  open({ params }) {
    this.element.classList.remove("folded");
    const kind = params.kind && this.element.querySelector(`input[name=kind][value="${params.kind}"]`);
    if (kind) kind.click();
    (this.element.querySelector("[contenteditable=true]") ?? this.element.querySelector("textarea"))?.focus();
  }

  close() {
    this.element.classList.add("folded");
  }
}
