// The behaviours that only the desk needs, joined to elements by data-controller.
import Pens from "./pens.js";
import Seen from "./seen.js";

export default { pens: Pens, seen: Seen };
