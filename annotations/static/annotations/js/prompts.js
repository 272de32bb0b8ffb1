/**
 * The small questions of the page: a note on a span, a flag on the article, a word to jump to,
 * and "submit although …?". Native dialogs keep the focus and give it back.
 */

import { text } from "./texts.js";

/**
 * Ask for the note on a span.
 * @param {HTMLDialogElement} dialog
 * @param {import("./types.js").Span} span
 * @param {(note: string) => void} onSave
 */
export function askForNote(dialog, span, onSave) {
  const area = /** @type {HTMLTextAreaElement} */ (dialog.querySelector("textarea"));
  const quote = /** @type {HTMLElement} */ (dialog.querySelector("[data-part=quote]"));
  quote.textContent = span.quote;
  area.value = span.note;
  ask(dialog, () => onSave(area.value.trim()));
}

/**
 * Ask why the article is flagged. An empty answer takes the flag away.
 * @param {HTMLDialogElement} dialog
 * @param {string} flag as it is now: a reason, or "reason: words"
 * @param {(flag: string) => void} onSave
 */
export function askForFlag(dialog, flag, onSave) {
  const area = /** @type {HTMLTextAreaElement} */ (dialog.querySelector("textarea"));
  const choices = /** @type {HTMLInputElement[]} */ ([...dialog.querySelectorAll("[name=reason]")]);
  const [reason, ...words] = flag.split(": ");
  for (const choice of choices) choice.checked = choice.value === reason;
  if (!choices.some((choice) => choice.checked)) choices[0].checked = true;
  area.value = words.join(": ");
  const demand = () => {
    area.required = choices.some((choice) => choice.checked && choice.value === "question");
  };
  dialog.oninput = demand;
  demand();
  const clear = /** @type {HTMLElement} */ (dialog.querySelector("[value=clear]"));
  clear.hidden = !flag;
  ask(dialog, (answer) => {
    const chosen = choices.find((choice) => choice.checked)?.value ?? "";
    const note = area.value.trim();
    onSave(answer === "clear" ? "" : [chosen, note].filter(Boolean).join(": "));
  });
}

/**
 * Ask whether to go on although something speaks against it.
 * @param {HTMLDialogElement} dialog
 * @param {string[]} doubts
 * @param {(() => void) | null} onYes null where there is no going on
 */
export function askAnyway(dialog, doubts, onYes) {
  /** @type {HTMLElement} */ (dialog.querySelector("[value=save]")).hidden = !onYes;
  const list = /** @type {HTMLElement} */ (dialog.querySelector("ul"));
  list.replaceChildren(
    ...doubts.map((doubt) => {
      const row = document.createElement("li");
      row.textContent = doubt;
      return row;
    }),
  );
  ask(dialog, () => onYes?.());
}

/**
 * Show a dialog that its form closes; `onAnswer` then hears the value of the button pressed, at
 * once: the event of its closing waits for the next frame, and the answer would be lost if the
 * page went before it.
 * @param {HTMLDialogElement} dialog
 * @param {(answer: string) => void} onAnswer
 */
export function ask(dialog, onAnswer) {
  const form = /** @type {HTMLFormElement} */ (dialog.querySelector("form"));
  form.onsubmit = (event) => {
    event.preventDefault();
    dialog.close();
    onAnswer(/** @type {HTMLButtonElement} */ (event.submitter).value);
  };
  form.onkeydown = (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopPropagation();
    form.requestSubmit(form.querySelector("[value=save]"));
  };
  dialog.showModal();
}

/**
 * The line in which a person types the first letters of a word to jump there.
 * @param {object} parts
 * @param {HTMLElement} parts.bar with an `input` and `[data-part=found]`
 * @param {import("./types.js").TextModel} parts.model
 * @param {import("./cursor.js").Cursor} parts.cursor
 * @param {import("./fills.js").Fills} parts.fills
 * @param {() => void} parts.onClose
 * @returns {() => void} opens it
 */
export function jumpBar({ bar, model, cursor, fills, onClose }) {
  const input = /** @type {HTMLInputElement} */ (bar.querySelector("input"));
  const found = /** @type {HTMLElement} */ (bar.querySelector("[data-part=found]"));
  /** @type {import("./types.js").Extent[]} */
  let matches = [];

  function search() {
    const wanted = input.value.toLocaleLowerCase();
    const starts = ({ start, end } = { start: 0, end: 0 }) =>
      model.text.slice(start, Math.max(end, start + wanted.length)).toLocaleLowerCase().startsWith(wanted);
    matches = wanted ? model.tokens.filter(starts) : [];
    // The next one after the caret comes first, as in any search.
    const ahead = matches.findIndex((token) => token.start > cursor.selection.start);
    if (ahead > 0) matches = [...matches.slice(ahead), ...matches.slice(0, ahead)];
    fills.set("find", matches);
    found.textContent = wanted ? text("found", { count: matches.length }) : "";
  }

  function close() {
    bar.hidden = true;
    fills.set("find", []);
    onClose();
  }

  input.addEventListener("input", search);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      close();
    } else if (event.key === "Enter" && !event.isComposing) {
      const [first] = matches;
      close();
      if (first) cursor.select({ ...first, edge: "end" });
    }
  });
  input.addEventListener("blur", () => {
    if (!bar.hidden) close();
  });
  return () => {
    bar.hidden = false;
    input.value = "";
    search();
    input.focus();
  };
}
