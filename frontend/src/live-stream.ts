/**
 * One stream of events a tab. Expects `<live-stream src="/ev" cursor="12" watch="schedule/person:12,person:13"
 * data-lost="Reconnecting…">`. Tells the page by DOM events: `live:ping` (something in my rooms), `live:changed`
 * (the board I look at), `live:end` (the session is over). Shows a strip while the line is lost (behaviour 30).
 */
const RETRY_MS = 2000;

export class LiveStream extends HTMLElement {
  private source: EventSource | null = null;
  private strip: HTMLElement | null = null;
  private cursor = "";
  private isFirst = true;
  private timer = 0;

  connectedCallback(): void {
    this.cursor = this.getAttribute("cursor") ?? "";
    if (!this.getAttribute("src") || !("EventSource" in window)) return;
    this.open();
    window.addEventListener("pagehide", () => this.source?.close());
  }

  disconnectedCallback(): void {
    window.clearTimeout(this.timer);
    this.source?.close();
  }

  private open(): void {
    const url = new URL(this.getAttribute("src") ?? "", location.href);
    if (this.cursor) url.searchParams.set("cursor", this.cursor);
    const watch = this.getAttribute("watch");
    if (watch) url.searchParams.set("watch", watch);
    const source = new EventSource(url);
    this.source = source;
    source.addEventListener("open", () => this.found());
    source.addEventListener("error", () => this.lost());
    source.addEventListener("ping", (event) => this.tell("live:ping", event));
    source.addEventListener("changed", (event) => this.tell("live:changed", event));
    source.addEventListener("resync", (event) => this.tell("live:changed", event));
    source.addEventListener("end", () => {
      source.close();
      document.dispatchEvent(new CustomEvent("live:end"));
    });
  }

  private tell(name: string, event: MessageEvent<string>): void {
    if (event.lastEventId) this.cursor = event.lastEventId;
    const detail: unknown = event.data ? JSON.parse(event.data) : {};
    document.dispatchEvent(new CustomEvent(name, { detail }));
  }

  private found(): void {
    this.strip?.remove();
    this.strip = null;
    // What changed while the line was lost is not told again: whoever shows a board loads it anew.
    if (!this.isFirst) document.dispatchEvent(new CustomEvent("live:changed", { detail: {} }));
    this.isFirst = false;
  }

  private lost(): void {
    if (!this.strip && !this.isFirst) {
      this.strip = document.createElement("div");
      this.strip.className = "stream-lost";
      this.strip.setAttribute("role", "status");
      this.strip.textContent = this.dataset["lost"] ?? "";
      document.body.append(this.strip);
    }
    if (this.source?.readyState !== EventSource.CLOSED) return;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.open(), RETRY_MS * (1 + Math.random() * 2));
  }
}
