/**
 * The adjudication page: sit down at the article that it came with, and go on from there.
 */

import { takeCommands } from "./adjudication-commands.js";
import { byId } from "./by-id.js";
import { showSaveState } from "./save-badge.js";
import { SignIn } from "./sign-in.js";
import { SteadyApi } from "./steady-api.js";
import { loadTexts } from "./texts.js";
import { Visit } from "./visit.js";

async function start() {
  const root = byId("adjudication");
  loadTexts(byId("adjudication-texts"));
  const { sessionUrl = "", csrf = "", userId = "" } = root.dataset;
  const api = new SteadyApi({ sessionUrl, csrf, userId });
  const visit = new Visit({ root, api });
  new SignIn({
    root,
    dialog: byId("sign-in"),
    api,
    userId,
    onSignedIn: () => visit.resume(),
  });
  showSaveState(root, byId("save-badge"));
  const obstacle = await visit.begin();
  if (obstacle) {
    byId("message").textContent = obstacle;
    return;
  }
  takeCommands(visit);
  root.dataset.ready = "true";
}

void start();
