// Small helps over pages that work without them. No rule lives here; each module looks after one thing.
import "./menus.js";
import "./narrow.js";
import "./signin.js";
import "./clocks.js";
import "./drawer.js";
import "./keys.js";
import "./sending.js";
import "./drafts.js";
import "./suggest.js";
import "./progress.js";
import "./live.js";
import "./order.js";
