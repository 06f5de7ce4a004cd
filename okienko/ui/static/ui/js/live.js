// Live pages. Elements say what they show and where to read it again:
//   <div data-topic="ticket-42 list" hx-get="…" hx-trigger="live" hx-swap="morph:outerHTML" data-announce="…">
// The page watches those names over one WebSocket and, told that some changed, reads only those elements again.
import { Controller, htmx } from "../vendor/page.js";
import { announce, word } from "./words.js";

const SOON = 100; // ms until a re-read when nothing has happened for a while
const CALM = 500; // ms over which a burst is gathered
const LONGEST_WAIT = 30_000; // ms between two attempts to connect
const PATIENCE = 2_000; // ms without a connection before the page says so
const SIGNED_OUT = 4401; // the close code of a session that has ended

const topicsOf = (element) => element.dataset.topic.split(/\s+/).filter(Boolean);

export default class Live extends Controller {
  static values = { url: String };

  connect() {
    this.changed = new Set();
    this.attempts = 0;
    this.lastRead = 0;
    this.watched = "";
    this.onSettle = () => this.watch();
    this.onVisible = () => !document.hidden && (this.socket ? this.schedule() : this.open());
    document.addEventListener("htmx:afterSettle", this.onSettle);
    document.addEventListener("visibilitychange", this.onVisible);
    window.addEventListener("online", this.onVisible);
    this.open();
  }

  disconnect() {
    document.removeEventListener("htmx:afterSettle", this.onSettle);
    document.removeEventListener("visibilitychange", this.onVisible);
    window.removeEventListener("online", this.onVisible);
    clearTimeout(this.timer);
    clearTimeout(this.retry);
    clearTimeout(this.worry);
    if (this.socket) this.socket.onclose = null;
    this.socket?.close();
  }

  open() {
    clearTimeout(this.retry);
    const address = new URL(this.urlValue, location.href);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    this.socket = new WebSocket(address);
    this.socket.onopen = () => this.opened();
    this.socket.onmessage = (event) => this.told(JSON.parse(event.data).topics ?? []);
    this.socket.onclose = (event) => this.closed(event);
  }

  opened() {
    clearTimeout(this.worry);
    this.worry = null;
    this.watched = "";
    this.watch();
    if (this.wasOpen) this.told(this.elements().flatMap(topicsOf)); // whatever was missed meanwhile
    if (!this.line.hidden) announce(word("back"));
    this.line.hidden = true;
    this.wasOpen = true;
    this.attempts = 0;
  }

  closed(event) {
    this.socket = null;
    if (event.code === SIGNED_OUT) return location.reload();
    this.worry ??= setTimeout(() => (this.line.hidden = !this.wasOpen), PATIENCE);
    const wait = Math.min(LONGEST_WAIT, 500 * 2 ** this.attempts++);
    this.retry = setTimeout(() => this.open(), wait * (0.5 + Math.random() / 2));
  }

  /** Tells the server what this page shows, if that has changed. */
  watch() {
    const topics = [...new Set(this.elements().flatMap(topicsOf))].sort();
    const watched = JSON.stringify({ watch: topics });
    if (this.socket?.readyState !== WebSocket.OPEN || watched === this.watched) return;
    this.watched = watched;
    this.socket.send(watched);
  }

  told(topics) {
    topics.forEach((topic) => this.changed.add(topic));
    this.schedule();
  }

  schedule() {
    if (!this.changed.size || this.timer || document.hidden) return;
    const isIdle = performance.now() - this.lastRead > 2 * CALM;
    this.timer = setTimeout(() => this.read(), isIdle ? SOON : CALM);
  }

  read() {
    this.timer = null;
    this.lastRead = performance.now();
    const changed = this.changed;
    this.changed = new Set();
    const concerned = this.elements().filter((element) => topicsOf(element).some((topic) => changed.has(topic)));
    for (const element of concerned) {
      if (concerned.some((other) => other !== element && other.contains(element))) continue;
      htmx.trigger(element, "live");
      announce(element.dataset.announce);
    }
  }

  elements() {
    return [...document.querySelectorAll("[data-topic]")];
  }

  get line() {
    return document.getElementById("offline");
  }
}
