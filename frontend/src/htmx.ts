/** htmx, and the notices an answer carries in its HX-Trigger header. */
import "htmx.org";
import { showNotice } from "./toasts";

document.addEventListener("toast", (event) => {
  showNotice((event as CustomEvent).detail);
});
