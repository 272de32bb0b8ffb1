/**
 * The adjudication page: fetch the disputes of one task and sit down at them.
 */

import { takeCommands } from "./adjudication-commands.js";
import { byId } from "./by-id.js";
import { OutboxStore } from "./outbox-store.js";
import { Paragraphs } from "./paragraphs.js";
import { RulingDesk } from "./ruling-desk.js";
import { showSaveState } from "./save-badge.js";
import { SignIn } from "./sign-in.js";
import { SteadyApi } from "./steady-api.js";
import { loadTexts, text } from "./texts.js";

/** @typedef {import("./types.js").Disputes} Disputes */

async function start() {
  const root = byId("adjudication");
  loadTexts(byId("adjudication-texts"));
  const { dataset } = root;
  const { sessionUrl = "", csrf = "", userId = "" } = dataset;
  const api = new SteadyApi({ sessionUrl, csrf, userId });
  const response = await api.get(dataset.documentUrl ?? "").catch(() => null);
  const paragraphs = new Paragraphs(byId("doc"));
  if (!response?.ok) {
    byId("message").textContent = text("no-connection");
    return;
  }
  /** @type {Disputes} */
  const disputes = await response.json();
  if (paragraphs.text !== disputes.article.text) {
    byId("message").textContent = text("text-differs");
    return;
  }
  const store = await OutboxStore.open(`${userId}:rulings:${disputes.id}`);
  const desk = new RulingDesk(root, disputes, paragraphs, api, store);
  takeCommands(desk);
  new SignIn({
    root,
    dialog: byId("sign-in"),
    api,
    userId,
    onSignedIn: () => desk.rulings.resume(),
  });
  showSaveState(root, byId("save-badge"));
  await desk.rulings.resumeEarlier();
  root.dataset.ready = "true";
}

void start();
