/**
 * Keeps the badge of a function right in every tab and counts them in the title. Expects
 * `<unread-badge topic="memos" src="…"><b class="badge">3</b></unread-badge>`; `src` answers the badge anew.
 */
import { ask } from "./requests";

const PREFIX = /^\(\d+\) /;

export class UnreadBadge extends HTMLElement {
  connectedCallback(): void {
    document.addEventListener("live:ping", this.hear);
    UnreadBadge.countInTitle();
  }

  disconnectedCallback(): void {
    document.removeEventListener("live:ping", this.hear);
  }

  private hear = async (event: Event): Promise<void> => {
    const { topic } = (event as CustomEvent<{ topic?: string }>).detail;
    const src = this.getAttribute("src");
    if (!src || topic !== this.getAttribute("topic")) return;
    const response = await ask(src, { isBackground: true });
    if (!response.ok) return;
    this.innerHTML = await response.text();
    UnreadBadge.countInTitle();
  };

  private static countInTitle(): void {
    let sum = 0;
    for (const badge of document.querySelectorAll("unread-badge .badge")) sum += Number(badge.textContent) || 0;
    const title = document.title.replace(PREFIX, "");
    document.title = sum ? `(${sum}) ${title}` : title;
  }
}
