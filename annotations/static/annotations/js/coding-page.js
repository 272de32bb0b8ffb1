/**
 * The annotation page: fetch the assignment, put the parts together, answer the keys.
 */

import "./site.js";
import { Api } from "./api.js";
import { Bars } from "./bars.js";
import { Caret } from "./caret.js";
import { wireCommands } from "./coding-commands.js";
import { Cursor } from "./cursor.js";
import { Editor } from "./editor.js";
import { Fills } from "./fills.js";
import { Handles } from "./handles.js";
import { History } from "./history.js";
import { LabelBar } from "./label-bar.js";
import { Labels } from "./labels.js";
import { Offsets } from "./offsets.js";
import { Outbox } from "./outbox.js";
import { OutboxStore } from "./outbox-store.js";
import { Paragraphs } from "./paragraphs.js";
import { Pointer } from "./pointer.js";
import { Popover } from "./popover.js";
import { askScript } from "./on-demand.js";
import { askAnyway, jumpBar } from "./prompts.js";
import { showSaveState } from "./save-badge.js";
import { SpanList } from "./span-list.js";
import { Spans } from "./spans.js";
import { StatusLine } from "./status-line.js";
import { Suggestions } from "./suggestions.js";
import { Submission } from "./submit.js";
import { Sync } from "./sync.js";
import { shareTabs } from "./tabs.js";
import { loadTexts, text } from "./texts.js";
import { UnsavedList } from "./unsaved-list.js";

/** @typedef {import("./types.js").Assignment} Assignment */
/** @typedef {import("./types.js").Extent} Extent */

const SIGN_IN_RETRY = 5_000;
const EDITABLE = ["assigned", "coding", "returned"];

/**
 * @template {HTMLElement} [E=HTMLElement]
 * @param {string} id
 * @returns {E}
 */
function byId(id) {
  return /** @type {E} */ (document.getElementById(id));
}

/**
 * Bring the server's offsets and tokens into the browser's counting.
 * @param {Assignment} assignment
 * @param {Offsets} offsets
 * @param {Paragraphs} paragraphs
 * @returns {import("./types.js").TextModel}
 */
function textModel({ article, tokens, sentences }, offsets, paragraphs) {
  const inUnits = (/** @type {[number, number][]} */ pairs) =>
    pairs.map(([start, end]) => offsets.fromWire({ start, end }));
  return {
    text: article.text,
    tokens: inUnits(tokens),
    sentences: inUnits(sentences),
    paragraphs: paragraphs.all.map(({ start, end }) => ({ start, end })),
    boilerplate: article.zones
      .filter((zone) => zone.kind === "boilerplate")
      .map((zone) => offsets.fromWire(zone)),
  };
}

/**
 * @param {HTMLElement} root
 * @param {Assignment} assignment
 * @param {Paragraphs} paragraphs
 * @param {Api} api
 */
async function open(root, assignment, paragraphs, api) {
  const { dataset } = root;
  const offsets = new Offsets(assignment.article.text);
  const model = textModel(assignment, offsets, paragraphs);
  const labels = new Labels(assignment.codebook.labels);
  const spans = new Spans(root);
  const box = `${dataset.userId}/${assignment.id}`;
  const store = await OutboxStore.open(box);
  const outbox = new Outbox({
    root,
    store,
    post: (body, options) => api.post(dataset.opsUrl ?? "", body, options),
    renewCsrf: async () => void (await api.whoAmI()),
    pinned: {
      text_sha256: assignment.article.text_sha256,
      codebook_version: assignment.codebook.version,
    },
  });
  const sync = new Sync({ root, spans, outbox, offsets });

  const layer = byId("layer");
  const fills = new Fills(paragraphs, layer);
  const caret = new Caret({ paragraphs, layer, tokens: model.tokens });
  const cursor = new Cursor({ root, model, spans, paragraphs, caret });
  const history = new History();
  const editor = new Editor({ root, model, spans, sync, cursor, labels, history });
  const suggestions = new Suggestions({
    root,
    all: assignment.suggestions.map((one) => offsets.fromWire(one)),
    spans,
    labels,
    outbox,
    cursor,
    editor,
  });
  const veiled = model.boilerplate;
  const bars = new Bars({ root, paragraphs, layer, spans, labels, veiled });
  const surface = paragraphs.root;
  const focusText = () => surface.focus({ preventScroll: true });

  const list = new SpanList({
    root,
    section: byId("span-list"),
    spans,
    labels,
    onChosen(id) {
      cursor.activate(id);
      focusText();
    },
  });
  new StatusLine({ root, footer: byId("status"), live: byId("live"), cursor, spans, labels, model });
  const submission = new Submission({
    api,
    outbox,
    spans,
    submitUrl: dataset.submitUrl ?? "",
    say: (sentence) => editor.say(sentence),
    onRefused: (problems) => askAnyway(byId("submit-dialog"), problems, null),
    onSubmitted(next) {
      const pattern = dataset.pageUrlPattern ?? "";
      location.assign(next ? pattern.replace(assignment.id, next) : (dataset.homeUrl ?? "/"));
    },
  });
  const openJump = jumpBar({ bar: byId("jump"), model, cursor, fills, onClose: focusText });
  const snapChoice = byId("snap");
  const snapUnit = () =>
    /** @type {"words" | "characters"} */ (/** @type {HTMLSelectElement} */ (snapChoice).value);
  const { hasLetters, aliases } = JSON.parse(dataset.preferences ?? "{}");
  // The script of the standard caret, where it was chosen, puts its own in place of this.
  const native = { leaves: (/** @type {string} */ _command) => false };
  const opened = { root, layer, paragraphs, model, cursor, labels, suggestions, snapUnit, native, onDone: focusText };
  root.dispatchEvent(new CustomEvent("surface-opened", { detail: opened }));
  const labelBar = new LabelBar({
    root,
    bar: byId("label-bar"),
    labels,
    isChosen() {
      const { active, selection, word } = cursor;
      return Boolean(active) || popover.isOpen || selection.end - selection.start > word.end - word.start;
    },
    run: (command) => run(command),
    onBrush() {
      const { brush } = labelBar;
      editor.say(brush ? text("brush-on", { label: labels.nameOf(brush) }) : text("brush-off"));
      focusText();
    },
  });
  const run = wireCommands({
    root, editor, cursor, spans, labels, outbox, suggestions, submission, labelBar, openJump, flag: assignment.flag ?? "",
    keys: { hasLetters, aliases },
    isNative: (name) => native.leaves(name),
  });

  const popover = new Popover({
    root,
    box: byId("popover"),
    frame: byId("surface"),
    paragraphs,
    cursor,
    labels,
    run(command) {
      run(command);
      focusText();
    },
  });
  new Pointer({
    paragraphs,
    model,
    cursor,
    spans,
    fills,
    snapUnit,
    isBrushOn: () => Boolean(labelBar.brush),
    onSelected() {
      focusText();
      if (labelBar.brush) run({ name: "label", label: labelBar.brush });
      else popover.open();
    },
    onPointed() {
      focusText();
      if (cursor.active || !labelBar.brush) popover.open();
    },
  });
  const handles = new Handles({
    root,
    layer,
    paragraphs,
    model,
    cursor,
    labels,
    fills,
    snapUnit,
    onMoved: (selection) => editor.stretch(selection),
  });
  layer.addEventListener("pointerdown", () => popover.close());
  const signIn = () => {
    const detail = { api, userId: dataset.userId, onSignedIn: () => outbox.signedIn() };
    askScript(root, "sign-in", detail, () => {
      editor.say(text("no-connection"));
      setTimeout(signIn, SIGN_IN_RETRY);
    });
  };
  root.addEventListener("save-state", (event) => {
    if (/** @type {CustomEvent} */ (event).detail.state === "signed-out") signIn();
  });
  const unsaved = new UnsavedList({
    root,
    section: byId("unsaved"),
    labels,
    onRetry: (item) => editor.repeat(item.op, offsets),
    onDismiss: (item) => store?.dismiss(item),
  });

  root.addEventListener("cursor-moved", () => {
    fills.set("sel", cursor.active ? [] : [cursor.selection]);
    fills.set("active", cursor.active ? [cursor.selection] : []);
    bars.setActive(cursor.activeId);
    list.setActive(cursor.activeId);
  });
  root.addEventListener("spans-changed", () => list.setActive(cursor.activeId));
  root.addEventListener("preview-changed", (event) => {
    fills.set("preview", /** @type {CustomEvent} */ (event).detail.extents);
  });
  const relayout = () => {
    root.dispatchEvent(new CustomEvent("laid-out"));
    bars.relayout();
    caret.relayout();
    fills.relayout();
    handles.relayout();
    popover.close();
  };
  new ResizeObserver(relayout).observe(surface);
  for (const name of ["scroll", "resize"]) addEventListener(name, () => bars.follow());
  void document.fonts.ready.then(relayout);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") outbox.flushBeforeLeaving();
    else void outbox.flush();
  });
  window.addEventListener("online", () => void outbox.flush());

  const kept = (await store?.load()) ?? { ops: [], rejected: [] };
  unsaved.add(kept.rejected);
  sync.reset(assignment.spans);
  suggestions.reset(assignment.refused);
  cursor.select(cursor.selection, { follow: false });
  noteEndOfText(root, paragraphs);
  /** @type {Assignment | null} */
  let unread = assignment;
  await shareTabs({
    root,
    name: `assignment:${assignment.id}`,
    spans,
    editor,
    outbox,
    isEditable: EDITABLE.includes(assignment.state),
    async reload() {
      const now = unread ?? (await fetchAssignment(root, api));
      unread = null;
      outbox.resume((await store?.load()) ?? kept, now.doc_rev);
      sync.reset(now.spans);
      suggestions.reset(now.refused);
    },
  });
  root.dataset.ready = "true";
  focusText();
}

/**
 * Remember once the end of the text has been on the screen.
 * @param {HTMLElement} root
 * @param {Paragraphs} paragraphs
 */
function noteEndOfText(root, paragraphs) {
  const last = [...paragraphs.all].reverse().find(({ node }) => node)?.element;
  if (!last) return;
  const observer = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    root.dataset.readToEnd = "true";
    observer.disconnect();
  });
  observer.observe(last);
}

/**
 * @param {HTMLElement} root
 * @param {Api} api
 * @returns {Promise<Assignment>}
 */
async function fetchAssignment(root, api) {
  const response = await api.get(root.dataset.assignmentUrl ?? "");
  if (!response.ok) throw new Error(`The assignment could not be fetched: ${response.status}`);
  return response.json();
}

async function start() {
  const root = byId("coding");
  loadTexts(byId("coding-texts"));
  const api = new Api({ sessionUrl: root.dataset.sessionUrl ?? "", csrf: root.dataset.csrf ?? "" });
  showSaveState(root, byId("save-badge"));
  const failure = byId("load-failure");
  try {
    const assignment = await fetchAssignment(root, api);
    const paragraphs = new Paragraphs(byId("doc"));
    // Offsets would be wrong on a text that an extension or a translator has changed.
    if (paragraphs.text !== assignment.article.text) throw new Error(text("text-differs"));
    await open(root, assignment, paragraphs, api);
  } catch (error) {
    failure.hidden = false;
    console.error(error);
  }
}

void start();
