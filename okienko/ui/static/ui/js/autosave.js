// Drafts never vanish: 600 ms after the last key the form is posted to its draft's address with the version
// that it was made from. Until the server has it, a copy lies in this browser and comes back with the page.
// The server answers {"version": n}, or 409 with the other text when the draft was changed in another window.
import { Controller } from "../vendor/page.js";
import { word } from "./words.js";

const PAUSE = 600; // ms
const TEXTUAL = "textarea[name], input[name]:not([type=file], [type=hidden], [type=submit]), select[name], input[name=html]";

export default class Autosave extends Controller {
  static targets = ["status"];
  static values = { url: String, version: Number, key: String };

  connect() {
    this.onInput = () => this.changed();
    this.onLeave = () => this.leave();
    this.onOnline = () => this.isDirty && this.save();
    this.onSend = ({ detail, type }) => detail.elt === this.element && this.hold(type === "htmx:beforeRequest");
    this.element.addEventListener("input", this.onInput);
    this.element.addEventListener("change", this.onInput);
    this.element.addEventListener("htmx:beforeRequest", this.onSend);
    this.element.addEventListener("htmx:afterRequest", this.onSend);
    window.addEventListener("pagehide", this.onLeave);
    window.addEventListener("online", this.onOnline);
    this.restore();
  }

  disconnect() {
    this.element.removeEventListener("input", this.onInput);
    this.element.removeEventListener("change", this.onInput);
    this.element.removeEventListener("htmx:beforeRequest", this.onSend);
    this.element.removeEventListener("htmx:afterRequest", this.onSend);
    window.removeEventListener("pagehide", this.onLeave);
    window.removeEventListener("online", this.onOnline);
    this.leave();
  }

  changed() {
    if (this.isOver) return;
    this.isDirty = true;
    this.keep();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), PAUSE);
  }

  /** While the message itself is on its way, no draft of it is saved. */
  hold(isHeld) {
    this.isHeld = isHeld;
    if (isHeld) this.saving?.abort();
    else if (this.isDirty) this.changed();
  }

  async save() {
    clearTimeout(this.timer);
    if (this.isOver || this.isHeld || this.isSaving) return;
    this.isSaving = true;
    this.isDirty = false;
    this.saving = new AbortController();
    try {
      const { signal } = this.saving;
      const answer = await fetch(this.urlValue, { method: "POST", body: this.contents(), redirect: "error", signal });
      if (answer.status === 409) return this.elsewhere(await answer.json().catch(() => ({})));
      if (!answer.ok) throw new Error(answer.status);
      this.versionValue = (await answer.json()).version;
      if (!this.isDirty) this.forget();
      this.say("saved");
    } catch {
      this.isDirty = true;
      if (!this.isHeld) this.say("kept");
    } finally {
      this.isSaving = false;
      if (this.isDirty && !this.isOver) this.timer = setTimeout(() => this.save(), 10 * PAUSE);
    }
  }

  /** The answer tells the other window's {version, html}: autosave:elsewhere hands them on. */
  elsewhere(detail) {
    this.say("elsewhere");
    this.dispatch("elsewhere", { detail });
  }

  /** The message was sent: there is no draft any more. */
  clear() {
    this.isOver = true;
    clearTimeout(this.timer);
    this.forget();
  }

  leave() {
    clearTimeout(this.timer);
    if (this.isDirty && !this.isOver) navigator.sendBeacon(this.urlValue, this.contents());
  }

  contents() {
    const data = new FormData(this.element);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    data.set("version", this.versionValue);
    return data;
  }

  keep() {
    const fields = [...this.element.querySelectorAll(TEXTUAL)].map((field) => [field.name, field.value, field.checked ?? null]);
    try {
      localStorage.setItem(this.keyValue, JSON.stringify({ version: this.versionValue, fields }));
    } catch {
      // Storage is full or forbidden: the server's copy is the one that counts.
    }
  }

  restore() {
    const copy = JSON.parse(localStorage.getItem(this.keyValue) ?? "null");
    if (copy?.version !== this.versionValue) return;
    for (const [name, value, isChecked] of copy.fields) {
      const named = [...this.element.querySelectorAll(TEXTUAL)].filter((field) => field.name === name);
      const choice = named.find((field) => /radio|checkbox/.test(field.type) && field.value === value);
      if (choice) choice.checked = isChecked;
      else if (named[0]) named[0].value = value;
    }
    this.say("restored");
    this.dispatch("restored");
    this.changed();
  }

  forget() {
    localStorage.removeItem(this.keyValue);
  }

  say(name) {
    if (this.hasStatusTarget) this.statusTarget.textContent = word(name);
  }
}
