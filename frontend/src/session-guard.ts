/**
 * Keeps what somebody types safe when the session ends (behaviours 24 and 34).
 *
 * Expects
 * `<session-guard ends-at="ISO" person="12" extend-url sign-in-url>` with `<dialog class="session-warning">` (a button
 * `[data-extend]`) and `<dialog class="session-over">` (a place `[data-form]` for the sign-in form).
 */
import { csrfToken } from "./requests";

const WARN_BEFORE_MS = 5 * 60 * 1000;
const tabs = "BroadcastChannel" in window ? new BroadcastChannel("mikage-session") : null;
let guard: SessionGuard | null = null;

export class SessionGuard extends HTMLElement {
  private endsAt = 0;
  private timer = 0;
  private waiting: Promise<void> | null = null;

  connectedCallback(): void {
    guard = this;
    this.endsAt = Date.parse(this.getAttribute("ends-at") ?? "") || 0;
    if (!this.endsAt) return;
    this.schedule();
    this.querySelector("[data-extend]")?.addEventListener("click", () => void this.extend());
    tabs?.addEventListener("message", (event: MessageEvent) => this.hear(event.data));
    document.addEventListener("live:end", () => void this.signIn());
    document.addEventListener("submit", (event) => {
      if ((event.target as HTMLElement).matches("[data-sign-out]")) {
        sessionStorage.clear();
        tabs?.postMessage({ isOver: true });
      }
    });
    // A page kept by the browser after sign-out shows nothing: it asks the server anew.
    window.addEventListener("pageshow", (event) => event.persisted && location.reload());
  }

  get isOver(): boolean {
    return this.endsAt > 0 && Date.now() >= this.endsAt;
  }

  private hear(message: { isOver?: boolean; endsAt?: number }): void {
    // Straight to the sign-in: the server may not have heard of the sign-out yet.
    if (message.isOver) location.replace((this.getAttribute("sign-in-url") ?? "/").split("?")[0] ?? "/");
    if (message.endsAt) this.goOn(message.endsAt);
  }

  private schedule(): void {
    window.clearTimeout(this.timer);
    const left = this.endsAt - Date.now();
    this.timer = window.setTimeout(() => this.warn(), Math.max(0, Math.min(left - WARN_BEFORE_MS, 2 ** 31 - 1)));
  }

  private warn(): void {
    if (this.isOver) return;
    this.dialog("session-warning")?.showModal();
  }

  private async extend(): Promise<void> {
    const response = await fetch(this.getAttribute("extend-url") ?? "", {
      method: "POST",
      headers: { "X-CSRFToken": csrfToken(), "X-Requested-With": "fetch" },
    });
    this.dialog("session-warning")?.close();
    if (!response.ok) return this.signIn();
    const { ends_at: endsAt } = (await response.json()) as { ends_at: string };
    this.goOn(Date.parse(endsAt));
    tabs?.postMessage({ endsAt: this.endsAt });
  }

  private goOn(endsAt: number): void {
    if (!endsAt) return;
    this.endsAt = endsAt;
    this.schedule();
  }

  /** Every answer to a real action says when the session now ends. */
  heed(response: Response): void {
    this.goOn(Date.parse(response.headers.get("X-Session-Ends-At") ?? ""));
  }

  private dialog(name: string): HTMLDialogElement | null {
    return this.querySelector(`dialog.${name}`);
  }

  /** Opens the sign-in over the page; resolves once somebody signed in. */
  signIn(): Promise<void> {
    this.waiting ??= this.askToSignIn().finally(() => (this.waiting = null));
    return this.waiting;
  }

  private async askToSignIn(): Promise<void> {
    const dialog = this.dialog("session-over");
    const place = dialog?.querySelector<HTMLElement>("[data-form]");
    if (!dialog || !place) return;
    this.dialog("session-warning")?.close();
    const url = this.getAttribute("sign-in-url") ?? "";
    const page = await fetch(url, { headers: { "X-Requested-With": "fetch" } });
    place.innerHTML = await page.text();
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    dialog.showModal();
    place.querySelector<HTMLInputElement>("input:not([type=hidden])")?.focus();
    const endsAt = await new Promise<number>((resolve) => {
      place.addEventListener("submit", async (event) => {
        event.preventDefault();
        event.stopPropagation();
        const answer = await fetch(url, {
          method: "POST",
          headers: { "X-Requested-With": "fetch" },
          body: new FormData(event.target as HTMLFormElement),
        });
        if (answer.status !== 204) {
          place.innerHTML = await answer.text();
          place.querySelector<HTMLInputElement>("input[type=password]")?.focus();
          return;
        }
        // Another person signed in at this terminal: what the first one typed is not sent in their name.
        if (answer.headers.get("X-Person") !== this.getAttribute("person")) return location.reload();
        renewToken(answer.headers.get("X-CSRF-Token") ?? "");
        resolve(Date.parse(answer.headers.get("X-Session-Ends-At") ?? ""));
      });
    });
    dialog.close();
    this.goOn(endsAt);
  }
}

/** A sign-in draws a new token; the forms on the open page get it too. */
function renewToken(token: string): void {
  document.body.dataset["csrf"] = token;
  document.body.setAttribute("hx-headers:inherited", JSON.stringify({ "X-CSRFToken": token }));
  for (const field of document.querySelectorAll<HTMLInputElement>("input[name=csrfmiddlewaretoken]")) field.value = token;
}

/** Whoever fetches something tells the guard what the answer says of the session. */
export function heedSession(response: Response): void {
  guard?.heed(response);
}

/** For requests that were answered "sign in": resolves when somebody did. */
export function signInAgain(): Promise<void> {
  return guard ? guard.signIn() : Promise.resolve();
}

/** When the session is known to be over: sign in first, then send the form as it stands, files included. */
export function sendAfterSignIn(form: HTMLFormElement): boolean {
  if (!guard?.isOver || guard.contains(form)) return false;
  void guard.signIn().then(() => form.requestSubmit());
  return true;
}
