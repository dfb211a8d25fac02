/** What every page loads: htmx and one file for each behaviour. */
import "./htmx";
import "./forms";
import "./popovers";
import "./shortcuts";
import "./filters";
import { LiveStream } from "./live-stream";
import { PeoplePicker } from "./people-picker";
import { ScheduleBoard } from "./schedule-board";
import { SessionGuard } from "./session-guard";
import { UnreadBadge } from "./unread-badge";

customElements.define("session-guard", SessionGuard);
customElements.define("live-stream", LiveStream);
customElements.define("unread-badge", UnreadBadge);
customElements.define("schedule-board", ScheduleBoard);
customElements.define("people-picker", PeoplePicker);
