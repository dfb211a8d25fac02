/**
 * Short notices of what was done, with the way back: eight seconds, reachable by Tab and by the key U.
 * Expects `<div id="toasts" role="status">` on the page.
 */
import { ask } from "./requests";

export interface Notice {
  message: string;
  undo_url?: string;
  undo_label?: string;
  fields?: Record<string, string>;
}

const SHOWN_MS = 8000;

/** Shows a notice; while pointer or focus is on it, it stays. */
export function showNotice(notice: Notice): void {
  const place = document.getElementById("toasts");
  if (!place) return;
  const toast = document.createElement("div");
  toast.className = "toast";
  const words = document.createElement("span");
  words.textContent = notice.message;
  toast.append(words);
  if (notice.undo_url) toast.append(undoButton(notice, toast));
  place.append(toast);
  let timer = window.setTimeout(() => toast.remove(), SHOWN_MS);
  const hold = (): void => window.clearTimeout(timer);
  const release = (): void => {
    hold();
    timer = window.setTimeout(() => toast.remove(), SHOWN_MS);
  };
  toast.addEventListener("pointerenter", hold);
  toast.addEventListener("pointerleave", release);
  toast.addEventListener("focusin", hold);
  toast.addEventListener("focusout", release);
}

function undoButton(notice: Notice, toast: HTMLElement): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset["undo"] = "";
  button.textContent = notice.undo_label ?? "";
  button.addEventListener("click", async () => {
    button.disabled = true;
    await ask(notice.undo_url ?? "", { method: "POST", body: new URLSearchParams(notice.fields ?? {}) });
    toast.remove();
    document.dispatchEvent(new CustomEvent("board:stale", { detail: { keepFocus: true } }));
  });
  return button;
}

/** Notices of an answer fetched without htmx. */
export function showNotices(response: Response): void {
  const header = response.headers.get("HX-Trigger");
  if (!header) return;
  const notice = (JSON.parse(header) as { toast?: Notice }).toast;
  if (notice) showNotice(notice);
}

/** Says something to a screen reader at once. */
export function say(text: string): void {
  const live = document.getElementById("live");
  if (!live) return;
  live.textContent = "";
  requestAnimationFrame(() => (live.textContent = text));
}
