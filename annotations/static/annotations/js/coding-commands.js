/**
 * What each command of the annotation page does, whether it came by key or by button.
 */

import { hasDetails, missing } from "./details.js";
import { askForDetails } from "./details-dialog.js";
import { showCodebookEntry } from "./codebook-entry.js";
import { commandFor } from "./keymap.js";
import { askScript } from "./on-demand.js";
import { askAnyway, askForFlag, askForNote } from "./prompts.js";
import { text } from "./texts.js";

/** @typedef {import("./keymap.js").Command} Command */

/** Commands that leave a preview of "tag all the same" standing. */
const DURING_PREVIEW = ["open", "tag-all"];

const DOUBTS_NAMED = 5;

/**
 * @param {object} parts
 * @param {HTMLElement} parts.root
 * @param {import("./editor.js").Editor} parts.editor
 * @param {import("./cursor.js").Cursor} parts.cursor
 * @param {import("./spans.js").Spans} parts.spans
 * @param {import("./labels.js").Labels} parts.labels
 * @param {import("./outbox.js").Outbox} parts.outbox
 * @param {import("./suggestions.js").Suggestions} parts.suggestions
 * @param {import("./submit.js").Submission} parts.submission
 * @param {import("./label-bar.js").LabelBar} parts.labelBar
 * @param {() => void} parts.openJump
 * @param {string} parts.flag
 * @param {{hasLetters: boolean, aliases: Record<string, string>}} parts.keys as the person has them
 * @param {(name: string) => boolean} parts.isNative whether the browser's caret does this itself
 * @returns {(command: Command) => void}
 */
export function wireCommands({ root, editor, cursor, spans, labels, outbox, suggestions, submission, labelBar, openJump, flag, keys, isNative }) {
  const dialog = (/** @type {string} */ id) =>
    /** @type {HTMLDialogElement} */ (document.getElementById(id));
  let hasDoubted = false;

  function note() {
    const { subject } = editor;
    if (subject && !editor.isReadOnly) {
      askForNote(dialog("note-dialog"), subject, (words) => editor.annotate(subject.id, words));
    } else {
      editor.say(text(subject ? "read-only" : "nothing-to-note"));
    }
  }

  function details() {
    const { subject } = editor;
    const label = labels.get(subject?.label ?? "");
    if (!subject || !label) {
      editor.say(text("nothing-to-describe"));
    } else if (editor.isReadOnly) {
      editor.say(text("read-only"));
    } else if (!hasDetails(label)) {
      editor.say(text("no-details", { label: label.name }));
    } else {
      askForDetails(dialog("details-dialog"), {
        span: subject,
        label,
        others: spans.inOrder(),
        paragraphs: cursor.model.paragraphs,
        onSave: (given) => editor.describe(subject.id, given),
      });
    }
  }

  /** @param {"accept" | "refuse"} answer */
  function answerAll(answer) {
    if (suggestions.open.length) suggestions[answer](suggestions.open);
    else editor.say(text("no-suggestions"));
  }

  function raiseFlag() {
    if (editor.isReadOnly) {
      editor.say(text("read-only"));
      return;
    }
    askForFlag(dialog("flag-dialog"), flag, (reason) => {
      if (reason === flag) return;
      flag = reason;
      outbox.add({ type: "flag", reason });
      showFlag();
    });
  }

  function showFlag() {
    document.getElementById("flag")?.setAttribute("aria-pressed", String(Boolean(flag)));
  }

  function codebook() {
    const [around] = spans.around(cursor.selection);
    const key = cursor.active?.label ?? around?.label ?? editor.subject?.label ?? labels.open[0]?.key;
    if (key) showCodebookEntry(dialog("codebook-dialog"), labels, key);
  }

  /** Name the spans that lack what their labels need: the first ones, and how many more. */
  function lackings() {
    const lacking = spans.inOrder().flatMap((span) => {
      const names = missing(labels.get(span.label), span).join(", ");
      return names ? [text("doubt-missing", { quote: span.quote, names })] : [];
    });
    const more = lacking.length - DOUBTS_NAMED;
    if (more <= 0) return lacking;
    return [...lacking.slice(0, DOUBTS_NAMED), text("doubt-missing-more", { count: more })];
  }

  function lookUpOwn() {
    const { start, end } = cursor.selection;
    const words = cursor.active?.quote ?? cursor.model.text.slice(start, end);
    const detail = { api: submission.api, labels, words };
    askScript(root, "look-up", detail, () => editor.say(text("no-connection")));
  }

  function submit() {
    if (editor.isReadOnly) {
      editor.say(text("read-only"));
      return;
    }
    const doubts = [];
    if (!root.dataset.readToEnd) doubts.push(text("doubt-not-read"));
    if (!spans.size) doubts.push(text("doubt-no-spans"));
    doubts.push(...lackings());
    const unsaved = document.querySelectorAll("#unsaved li").length;
    if (unsaved) doubts.push(text("doubt-unsaved", { count: unsaved }));
    if (!doubts.length || hasDoubted) {
      void submission.send();
    } else {
      hasDoubted = true;
      askAnyway(dialog("submit-dialog"), doubts, () => void submission.send());
    }
  }

  async function save() {
    await outbox.flush();
    editor.say(text(outbox.isEmpty ? "saved" : "saving"));
  }

  const arrow = (/** @type {1 | -1} */ side) => {
    if (cursor.isSticky) editor.stretch(cursor.wordStretch(side));
    else cursor.goByWord(side);
  };
  const line = (/** @type {1 | -1} */ step) => {
    if (cursor.isSticky) editor.stretch(cursor.lineStretch(step));
    else cursor.goByLine("wordOnNextLine", step);
  };

  /** @type {Record<string, () => void>} */
  const commands = {
    right: () => arrow(1),
    left: () => arrow(-1),
    down: () => line(1),
    up: () => line(-1),
    "line-start": () => cursor.goToLineEnd(-1),
    "line-end": () => cursor.goToLineEnd(1),
    "screen-down": () => cursor.goByLine("wordOnNextScreen", 1),
    "screen-up": () => cursor.goByLine("wordOnNextScreen", -1),
    "sentence-right": () => cursor.goBySentence(1),
    "sentence-left": () => cursor.goBySentence(-1),
    "document-start": () => cursor.goToDocumentEnd(-1),
    "document-end": () => cursor.goToDocumentEnd(1),
    "extend-right": () => editor.stretch(cursor.wordStretch(1)),
    "extend-left": () => editor.stretch(cursor.wordStretch(-1)),
    "extend-down": () => editor.stretch(cursor.lineStretch(1)),
    "extend-up": () => editor.stretch(cursor.lineStretch(-1)),
    "extend-line-start": () => editor.stretch(cursor.lineEndStretch(-1)),
    "extend-line-end": () => editor.stretch(cursor.lineEndStretch(1)),
    "character-right": () => editor.stretch(cursor.characterStretch(1)),
    "character-left": () => editor.stretch(cursor.characterStretch(-1)),
    "switch-edge": () => cursor.switchEdge(),
    grow: () => editor.grow(),
    shrink: () => editor.shrink(),
    sticky() {
      cursor.isSticky = !cursor.isSticky && !cursor.active;
      editor.say(text(cursor.isSticky ? "sticky-on" : "sticky-off"));
    },
    open() {
      if (editor.preview) editor.confirm();
      else if (suggestions.atHand) suggestions.accept([suggestions.atHand]);
      else if (!cursor.openHere()) editor.say(text("no-span-here"));
    },
    escape() {
      cursor.escape();
      labelBar.take("");
    },
    "next-span"() {
      if (!cursor.goToSpan(1)) editor.say(text("no-more-spans"));
    },
    "previous-span"() {
      if (!cursor.goToSpan(-1)) editor.say(text("no-more-spans"));
    },
    "tag-all": () => (editor.preview ? editor.confirm() : editor.previewSame()),
    delete() {
      if (suggestions.atHand) suggestions.refuse([suggestions.atHand]);
      else editor.remove();
    },
    "next-suggestion": () => suggestions.go(1),
    "previous-suggestion": () => suggestions.go(-1),
    "accept-all": () => answerAll("accept"),
    "refuse-all": () => answerAll("refuse"),
    note,
    details,
    flag: raiseFlag,
    undo: () => editor.undo(),
    redo: () => editor.redo(),
    save: () => void save(),
    submit,
    help: () => dialog("key-help").showModal(),
    codebook,
    "look-up": lookUpOwn,
    jump: openJump,
  };

  /** @param {Command} command */
  function run({ name, label }) {
    if (editor.preview && !DURING_PREVIEW.includes(name)) {
      editor.dismissPreview();
      if (name === "escape") return;
    }
    if (name === "label") editor.label(label ?? "");
    else commands[name]?.();
  }

  const isMac = /Mac|iPhone|iPad/.test(navigator.platform);
  const surface = /** @type {HTMLElement} */ (document.getElementById("doc"));
  surface.addEventListener("keydown", (event) => {
    const command = commandFor(event, { isMac, labelFor: (key) => labels.forHotkey(key), ...keys });
    if (!command || isNative(command.name)) return;
    event.preventDefault();
    run(command);
  });
  for (const button of root.querySelectorAll("[data-command]")) {
    button.addEventListener("click", () => run({ name: button.getAttribute("data-command") ?? "" }));
  }
  showFlag();
  return run;
}
