/**
 * What every page does: the theme, menus that close, dialogs that open.
 */

import { followDialogs } from "./dialogs.js";
import { followMenus } from "./menus.js";
import { followThemeChoice } from "./theme.js";

followThemeChoice(document);
followMenus(document);
followDialogs(document);
