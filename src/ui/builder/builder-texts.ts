import type { OptionName } from "../../embed/options.ts";

/** What each option of an embed is called, and what it is for; docs/embedding.md is made of the latter. */
export const OPTION_TEXTS: Readonly<Record<OptionName, { readonly name: string; readonly about: string }>> = {
  lesson: {
    name: "Lesson",
    about: "A lesson beside the terminal: the name of one that is here, or the address of a Markdown file of your own.",
  },
  step: { name: "Step", about: "The step of the lesson to begin with, by its id or its number." },
  cmd: { name: "Command", about: "Stands at the first prompt." },
  run: { name: "Run the command", about: "The command is entered, not only typed." },
  panels: { name: "Panels", about: "What is shown; a lesson that is named is shown beside the terminal anyway." },
  theme: { name: "Colours", about: "Those of the visitor's system, or one of two." },
  "font-size": { name: "Size of letters", about: "In the terminal, in pixels; 12 on small screens." },
  safety: {
    name: "Warn before Enter",
    about: "With preview each line is tried on a copy, and what it would destroy is told beside it.",
  },
  topology: { name: "Hosts", about: "A cluster of three hosts, or one host with etcd's programs and nothing running." },
  etcd: { name: "etcd", about: "The version that is imitated." },
  seed: { name: "Seed", about: "Another number makes other names, addresses and keys." },
  key: {
    name: "Keep under",
    about: "A name under which the visitor's browser keeps the world; without one it ends with the page.",
  },
  origin: {
    name: "Who may steer it",
    about:
      "Origins of pages that may call methods and hear events. The element fills in its own page; a frame hears anybody.",
  },
  height: { name: "Height", about: "In pixels; auto grows with what is printed. With a lesson 680 is usual." },
  loading: { name: "Starts", about: "When it comes near, by a button, or at once." },
  label: { name: "Label", about: "What the frame is called for screen readers; also the text of the start button." },
  selector: {
    name: "Code blocks",
    about: "A CSS selector of the page's own code blocks; each gets a button that runs it here.",
  },
  "run-label": { name: "Label of the run buttons", about: "The text of the buttons at code blocks." },
};

/** All other words of the snippet's builder. */
export const BUILDER_TEXTS = {
  about: "For a course page of your own: choose, look at the preview, copy the snippet into the page's HTML.",
  usual: (value: string) => (value === "" ? "as it is usual" : `${value} (usual)`),
  groups: {
    content: "What it shows",
    look: "How it looks",
    world: "Its world",
    page: "How it works with the page",
  },
  form: "Form",
  forms: { element: "Element", frame: "Frame without a script" },
  formNotes: {
    element: "Tells the page what happens and can be steered by it.",
    frame: "For pages that allow no scripts of others. Height and loading are the frame's own attributes here.",
  },
  snippet: "Snippet",
  copy: "Copy the snippet",
  copied: "Copied",
  open: "Open the sandbox in a tab of its own",
  localOnly:
    "This page comes from your own computer, so only you can see what the snippet shows. Put the folder dist on a web server and copy the snippet from there.",
  preview: "Preview",
  previewStart: "Start the preview",
  previewNote: "A second sandbox, as the page would show it. Its world is not kept.",
} as const;
