// The composer. Without script it is a form with a plain textarea (name="text") and a file field. With script
// the textarea gives way to an editor whose HTML goes into the hidden field (name="html"), files and pasted
// images are handed to the upload address, which answers with the <li class="file"> to show (its hidden field
// names the attachment; data-src, where an image, says where it can be seen).
import { Controller } from "../vendor/page.js";
import { upload } from "./upload.js";
import { toast, word } from "./words.js";

const FORMATS = {
  bold: (chain) => chain.toggleBold(),
  italic: (chain) => chain.toggleItalic(),
  underline: (chain) => chain.toggleUnderline(),
  strike: (chain) => chain.toggleStrike(),
  bulletList: (chain) => chain.toggleBulletList(),
  orderedList: (chain) => chain.toggleOrderedList(),
  blockquote: (chain) => chain.toggleBlockquote(),
  undo: (chain) => chain.undo(),
  redo: (chain) => chain.redo(),
  clear: (chain) => chain.unsetAllMarks().clearNodes(),
};

export default class Composer extends Controller {
  static targets = ["text", "html", "place", "tool", "files", "pick"];
  static values = { uploadUrl: String, limit: { type: Number, default: 25 }, placeholder: String };

  async connect() {
    this.isHere = true;
    this.uploads = new Set();
    this.on = {
      dragover: (event) => this.dragged(event),
      dragleave: () => this.element.classList.remove("drop"),
      drop: (event) => this.dropped(event),
      "htmx:confirm": (event) => event.target === this.element && this.uploads.size && this.sendsLater(event),
    };
    for (const [name, does] of Object.entries(this.on)) this.element.addEventListener(name, does);
    this.onAnswer = ({ detail }) => detail.requestConfig.elt === this.element && this.answered(detail.xhr);
    document.addEventListener("htmx:beforeSwap", this.onAnswer);
    const tiptap = await import("../vendor/editor.js");
    if (this.isHere) this.begin(tiptap);
  }

  disconnect() {
    this.isHere = false;
    for (const [name, does] of Object.entries(this.on)) this.element.removeEventListener(name, does);
    document.removeEventListener("htmx:beforeSwap", this.onAnswer);
    this.editor?.destroy();
    this.textTarget.hidden = false;
  }

  begin({ Editor, StarterKit, Placeholder, Image }) {
    const label = this.textTarget.getAttribute("aria-label") ?? this.textTarget.labels?.[0]?.textContent ?? "";
    this.editor = new Editor({
      element: this.placeTarget,
      injectCSS: false, // an inline style, which the content security policy forbids
      content: this.htmlTarget.value || asHtml(this.textTarget.value),
      extensions: [
        StarterKit.configure({
          heading: false, codeBlock: false, code: false, horizontalRule: false,
          link: { openOnClick: false, autolink: true, protocols: ["mailto", "tel"], HTMLAttributes: { rel: null, target: null } },
        }),
        Placeholder.configure({ placeholder: this.placeholderValue }),
        Image.configure({ inline: true }),
      ],
      editorProps: {
        attributes: { role: "textbox", "aria-multiline": "true", "aria-label": label, spellcheck: "true" },
        handleKeyDown: (_, event) => this.sends(event),
        handlePaste: (_, event) => this.pasted(event),
        handleDrop: (_, event) => Boolean(event.dataTransfer?.files.length),
      },
      onUpdate: () => this.changed(),
      onTransaction: () => this.mark(),
    });
    const hadFocus = document.activeElement === this.textTarget;
    this.textTarget.hidden = true;
    this.textTarget.required = false;
    this.toolTargets.forEach((tool) => (tool.hidden = false));
    this.write();
    if (hadFocus) this.editor.commands.focus("end");
    this.dispatch("ready");
  }

  write() {
    const isEmpty = this.editor.isEmpty;
    this.htmlTarget.value = isEmpty ? "" : this.editor.getHTML();
    this.textTarget.value = isEmpty ? "" : this.editor.getText({ blockSeparator: "\n" });
  }

  changed() {
    this.write();
    this.htmlTarget.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** The fields were written by somebody else (a draft restored): show them. */
  reload() {
    this.editor?.commands.setContent(this.htmlTarget.value || asHtml(this.textTarget.value), { emitUpdate: false });
  }

  /** Puts HTML where the caret is: data-composer-html-param, or {detail: {html}} of an event. */
  insert({ params, detail }) {
    const html = params?.html ?? detail?.html ?? "";
    if (this.editor) this.editor.chain().focus().insertContent(html).run();
    else this.textTarget.setRangeText(new DOMParser().parseFromString(html, "text/html").body.innerText);
  }

  format({ params: { mark } }) {
    if (mark === "link") this.link();
    else FORMATS[mark](this.editor.chain().focus()).run();
  }

  link() {
    const before = this.editor.getAttributes("link").href ?? "https://";
    const href = prompt(word("linkAddress"), before)?.trim();
    if (href === undefined) return;
    const chain = this.editor.chain().focus().extendMarkRange("link");
    if (!href || href === "https://") chain.unsetLink().run();
    else if (this.editor.state.selection.empty && before === "https://") {
      chain.insertContent({ type: "text", text: href, marks: [{ type: "link", attrs: { href } }] }).run();
    } else chain.setLink({ href }).run();
  }

  mark() {
    for (const tool of this.toolTargets) {
      const name = tool.dataset.composerMarkParam;
      if (name) tool.setAttribute("aria-pressed", Boolean(this.editor?.isActive(name)));
    }
  }

  sends(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return false;
    const buttons = [...this.element.querySelectorAll("button:not([type=button])")];
    const button = buttons.find((each) => each.checkVisibility?.() ?? each.offsetParent);
    button?.click(); // rather than requestSubmit(): htmx takes the value of the button that was clicked
    return true;
  }

  /** A message waits for the files that are still on their way; without one of them it stays here. */
  async sendsLater(event) {
    event.preventDefault();
    const isWhole = (await Promise.all(this.uploads)).every(Boolean);
    if (isWhole && this.isHere) event.detail.issueRequest(true);
  }

  /** The server took the message: what it shows next may replace this composer. */
  answered(xhr) {
    if (xhr.status >= 300) return;
    this.element.removeAttribute("data-keep");
    this.element.id += "-sent";
    this.dispatch("sent");
  }

  pasted(event) {
    const files = [...(event.clipboardData?.files ?? [])];
    // Office programs put a picture of the text beside the text: the text is meant.
    if (!files.length || event.clipboardData.types.includes("text/html")) return false;
    this.take(files, true);
    return true;
  }

  dragged(event) {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    this.element.classList.add("drop");
  }

  dropped(event) {
    this.element.classList.remove("drop");
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    this.take([...event.dataTransfer.files], false);
  }

  /** Files were chosen in the file field: they are handed over now rather than with the form. */
  picked() {
    if (!this.uploadUrlValue) return;
    this.take([...this.pickTarget.files], false);
    this.pickTarget.value = "";
  }

  browse() {
    this.pickTarget.click();
  }

  remove({ target }) {
    target.closest("li").remove();
    this.changedFiles();
  }

  take(files, isInline) {
    for (const file of files) {
      if (file.size > this.limitValue * 1e6) {
        toast(word("tooLarge", { name: file.name, limit: this.limitValue }), "error");
      } else {
        const handed = this.handOver(file, isInline).finally(() => this.uploads.delete(handed));
        this.uploads.add(handed);
      }
    }
  }

  /** Resolves to whether the server has the file. */
  async handOver(file, isInline) {
    try {
      const item = await upload(file, { to: this.uploadUrlValue, form: this.element, list: this.filesTarget, isInline });
      this.attached(item, isInline);
      return true;
    } catch {
      toast(word("uploadFailed", { name: file.name }), "error");
      return false;
    }
  }

  attached(item, isInline) {
    if (isInline && item.dataset.src) this.editor?.chain().focus().setImage({ src: item.dataset.src }).run();
    this.changedFiles();
  }

  changedFiles() {
    this.filesTarget.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

function asHtml(text) {
  const holder = document.createElement("div");
  for (const line of text ? text.split("\n") : []) {
    const paragraph = document.createElement("p");
    paragraph.textContent = line;
    holder.append(paragraph);
  }
  return holder.innerHTML;
}
