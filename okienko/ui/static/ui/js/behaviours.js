// A part of a page that brings behaviours of its own names their module; its default export is {name: Controller}.
//   <main data-controller="behaviours" data-behaviours-from-value="/static/desk/js/desk.js">
import { Controller } from "../vendor/page.js";

export default class Behaviours extends Controller {
  static values = { from: String };

  async connect() {
    const { default: behaviours } = await import(this.fromValue);
    for (const [name, behaviour] of Object.entries(behaviours)) {
      if (!this.application.router.modulesByIdentifier.has(name)) this.application.register(name, behaviour);
    }
  }
}
