// What only pages with a composer load: the text editor.
export { Editor } from "@tiptap/core";
export { default as StarterKit } from "@tiptap/starter-kit";
export { Placeholder } from "@tiptap/extensions";
export { default as Image } from "@tiptap/extension-image";
