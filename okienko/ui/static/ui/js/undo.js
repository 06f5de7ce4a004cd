// The bar after sending: counts down the seconds in which it can be taken back, then leaves.
import { Controller } from "../vendor/page.js";

export default class Undo extends Controller {
  static targets = ["left"];
  static values = { seconds: { type: Number, default: 10 } };

  connect() {
    this.until = performance.now() + this.secondsValue * 1000;
    this.timer = setInterval(() => this.tick(), 250);
  }

  disconnect() {
    clearInterval(this.timer);
  }

  tick() {
    const left = Math.ceil((this.until - performance.now()) / 1000);
    if (left <= 0) return this.element.remove();
    if (this.hasLeftTarget) this.leftTarget.textContent = left;
  }
}
