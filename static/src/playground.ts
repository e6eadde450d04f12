/** Entry of the player page. */

import "./elements/playground-app.js";
