/** Entry of every page: the styles and the switch between light and dark. */

import "../css/site.css";
import { setUpThemeSwitch } from "./theme.js";

setUpThemeSwitch();
