/**
 * What every page does: the theme, the reader's clock, menus that close, dialogs that open.
 */

import { followDialogs } from "./dialogs.js";
import { followMenus } from "./menus.js";
import { showCurrentPage } from "./navigation.js";
import { followThemeChoice } from "./theme.js";
import { tellTimeZone } from "./time-zone.js";

tellTimeZone(document);
followThemeChoice(document);
followMenus(document);
showCurrentPage(document);
followDialogs(document);
