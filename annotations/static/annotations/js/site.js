/**
 * What every page does: the appearance, the reader's clock, menus that close, dialogs that open.
 */

import { followAppearance } from "./appearance.js";
import { followDialogs } from "./dialogs.js";
import { followMenus } from "./menus.js";
import { showCurrentPage } from "./navigation.js";
import { tellTimeZone } from "./time-zone.js";

tellTimeZone(document);
followAppearance(document);
followMenus(document);
showCurrentPage(document);
followDialogs(document);
