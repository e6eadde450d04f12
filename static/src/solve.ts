/** Entry of the page for problems. */

import "./elements/solve-app.js";
