// Starts the page's behaviours: one file each, joined to elements by data-controller.
import { Application, htmx } from "../vendor/page.js";
import "./morph.js";
import "./answers.js";
import Autosave from "./autosave.js";
import Behaviours from "./behaviours.js";
import Busy from "./busy.js";
import Composer from "./composer.js";
import Dialog from "./dialog.js";
import Fold from "./fold.js";
import Frame from "./frame.js";
import Keys from "./keys.js";
import Live from "./live.js";
import Menu from "./menu.js";
import Reveal from "./reveal.js";
import Rows from "./rows.js";
import ScrollTo from "./scroll-to.js";
import Theme from "./theme.js";
import Toast from "./toast.js";
import Undo from "./undo.js";
import Zone from "./zone.js";

Object.assign(htmx.config, {
  allowEval: false,
  includeIndicatorStyles: false, // an inline style, which the content security policy forbids
  selfRequestsOnly: true,
  historyCacheSize: 0, // pages hold customers' words: they are not left behind in the browser's storage
  historyRestoreAsHxRequest: false,
  defaultSwapStyle: "morph:outerHTML",
  scrollIntoViewOnBoost: false,
  getCacheBusterParam: false,
  defaultFocusScroll: false,
  globalViewTransitions: false,
});

const app = Application.start();
for (const [name, behaviour] of Object.entries({
  autosave: Autosave,
  behaviours: Behaviours,
  busy: Busy,
  composer: Composer,
  dialog: Dialog,
  fold: Fold,
  frame: Frame,
  keys: Keys,
  live: Live,
  menu: Menu,
  reveal: Reveal,
  rows: Rows,
  "scroll-to": ScrollTo,
  theme: Theme,
  toast: Toast,
  undo: Undo,
  zone: Zone,
})) {
  app.register(name, behaviour);
}
