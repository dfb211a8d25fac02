/**
 * Makes a board pleasant; the page works without it.
 *
 * Expects `<schedule-board>` with
 * `<div id="board" data-refresh-on="schedule" data-refresh-url="…">` (swapped as a whole), in it a table whose
 * cells are `<td role="gridcell" tabindex="-1" data-person="12" data-day="2026-11-25" data-start="10:00"
 * data-add-url="…">` (one of them `tabindex="0"`) holding
 * `<button class="chip" id="…" draggable="true" data-card-url="…" data-move-url="…">`, and
 * `<div id="card" popover="manual">` for the card of an appointment. What is busy only is no button.
 *
 * Hover shows a card, click keeps it, Esc closes it. Arrows move between cells, Enter opens, M takes an
 * appointment and Enter puts it down, N adds one on the chosen day.
 */
import { placeBeside } from "./popovers";
import { ask } from "./requests";
import { isTyping } from "./shortcuts";
import { say } from "./toasts";

const HOVER_MS = 280;
const NEXT_HOVER_MS = 80;
const LEAVE_MS = 220;
const ARROWS: Record<string, [number, number]> = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
};

export class ScheduleBoard extends HTMLElement {
  private timer = 0;
  private shown: HTMLElement | null = null;
  private isKept = false;
  private grabbed: HTMLElement | null = null;
  private target: HTMLElement | null = null;
  private refreshing: Promise<void> | null = null;
  private isStale = false;
  private isPressed = false;

  connectedCallback(): void {
    this.addEventListener("pointerover", (event) => this.hover(event));
    this.addEventListener("click", (event) => this.clicked(event));
    this.addEventListener("dblclick", (event) => this.add(event.target as HTMLElement));
    this.addEventListener("keydown", (event) => this.key(event));
    this.addEventListener("focusin", (event) => this.rove(event.target as HTMLElement));
    this.addEventListener("dragstart", (event) => this.dragStart(event));
    this.addEventListener("dragend", () => this.letGo());
    this.addEventListener("pointerdown", (event) => this.press(event));
    this.addEventListener("pointerup", () => this.letGo());
    this.addEventListener("dragover", (event) => this.dragOver(event));
    this.addEventListener("drop", (event) => this.drop(event));
    this.addEventListener("submit", (event) => void this.submit(event));
    document.addEventListener("live:changed", this.changed);
    document.addEventListener("board:stale", this.stale);
    document.addEventListener("keydown", this.escape);
    document.addEventListener("pointerdown", this.outside);
  }

  disconnectedCallback(): void {
    document.removeEventListener("live:changed", this.changed);
    document.removeEventListener("board:stale", this.stale);
    document.removeEventListener("keydown", this.escape);
    document.removeEventListener("pointerdown", this.outside);
  }

  private get board(): HTMLElement {
    return this.querySelector<HTMLElement>("#board") ?? this;
  }

  private get card(): HTMLElement | null {
    return this.querySelector<HTMLElement>("#card");
  }

  private cells(): HTMLElement[][] {
    const rows = [...this.board.querySelectorAll<HTMLTableRowElement>("tbody tr")];
    return rows.map((row) => [...row.querySelectorAll<HTMLElement>("td[role=gridcell]")]).filter((row) => row.length);
  }

  // The card --------------------------------------------------------------------------------------

  private hover(event: PointerEvent): void {
    if (event.pointerType === "touch" || this.grabbed) return;
    const target = event.target as HTMLElement;
    const chip = target.closest<HTMLElement>(".chip[data-card-url]");
    window.clearTimeout(this.timer);
    if (chip && !this.isKept) {
      this.timer = window.setTimeout(() => void this.open(chip), this.shown ? NEXT_HOVER_MS : HOVER_MS);
    } else if (this.shown && !this.isKept && !target.closest("#card")) {
      this.timer = window.setTimeout(() => this.close(), LEAVE_MS);
    }
  }

  private clicked(event: MouseEvent): void {
    const target = event.target as HTMLElement;
    if (target.closest("[data-close]")) return this.close(true);
    const chip = target.closest<HTMLElement>(".chip[data-card-url]");
    if (chip) void this.open(chip, true);
  }

  private async open(chip: HTMLElement, isKept = false): Promise<void> {
    window.clearTimeout(this.timer);
    const { card } = this;
    const url = chip.dataset["cardUrl"];
    if (!card || !url) return;
    if (this.shown !== chip) {
      this.shown?.removeAttribute("aria-expanded");
      this.shown = chip;
      this.isKept = false;
      const response = await ask(url, { isBackground: !isKept });
      if (!response.ok) return this.close();
      const html = await response.text();
      if (this.shown !== chip) return;
      card.innerHTML = html;
    }
    this.isKept ||= isKept;
    chip.setAttribute("aria-expanded", "true");
    if (!card.matches(":popover-open")) card.showPopover();
    placeBeside(card, chip);
    if (isKept) card.querySelector<HTMLElement>(".entry-actions a, .entry-actions button, [data-close]")?.focus();
  }

  private close(giveBackFocus = false): void {
    window.clearTimeout(this.timer);
    const chip = this.shown;
    this.shown = null;
    this.isKept = false;
    chip?.removeAttribute("aria-expanded");
    if (this.card?.matches(":popover-open")) this.card.hidePopover();
    if (giveBackFocus && chip) this.focusChip(chip.id) || this.focusCell();
    if (this.isStale && !this.grabbed && !this.isPressed) void this.refresh();
  }

  private escape = (event: KeyboardEvent): void => {
    if (event.key !== "Escape") return;
    if (this.grabbed) this.cancelMove();
    else if (this.shown) this.close(true);
  };

  private outside = (event: PointerEvent): void => {
    if (this.isKept && !(event.target as HTMLElement).closest("#card, .chip")) this.close();
  };

  // Keyboard --------------------------------------------------------------------------------------

  private key(event: KeyboardEvent): void {
    if (isTyping(event) || event.ctrlKey || event.altKey || event.metaKey) return;
    const origin = event.target as HTMLElement;
    if (origin.closest("#card, .board-bar, #organisations")) return;
    const arrow = ARROWS[event.key];
    const chip = origin.closest<HTMLElement>(".chip");
    if (arrow) {
      event.preventDefault();
      if (this.grabbed) this.aim(arrow);
      else this.step(origin, arrow);
    } else if (event.key === "Enter" && this.grabbed) {
      event.preventDefault();
      if (this.target) void this.move(this.grabbed, this.target);
    } else if (event.key === "Enter" && !chip) {
      event.preventDefault();
      const first = origin.querySelector<HTMLElement>("button.chip");
      if (first) first.focus();
      else this.add(origin);
    } else if (event.key.toLowerCase() === "m" && chip?.dataset["moveUrl"]) {
      event.preventDefault();
      this.grab(chip);
    } else if (event.key.toLowerCase() === "n") {
      event.preventDefault();
      this.add(origin);
    }
  }

  /** Between chips of a cell first, then to the next cell. */
  private step(origin: HTMLElement, [down, right]: [number, number]): void {
    const cell = origin.closest<HTMLElement>("td[role=gridcell]");
    if (!cell) return this.focusCell();
    const chips = [...cell.querySelectorAll<HTMLElement>("button.chip")];
    const at = chips.indexOf(origin);
    const beside = down ? chips[at + down] : undefined;
    if (at >= 0 && beside) return beside.focus();
    this.neighbour(cell, [down, right])?.focus();
  }

  private neighbour(cell: HTMLElement, [down, right]: [number, number]): HTMLElement | undefined {
    const rows = this.cells();
    const row = rows.findIndex((each) => each.includes(cell));
    const column = rows[row]?.indexOf(cell) ?? -1;
    return rows[row + down]?.[column + right];
  }

  private rove(target: HTMLElement): void {
    const cell = target.closest<HTMLElement>("td[role=gridcell]");
    if (!cell) return;
    for (const other of this.board.querySelectorAll<HTMLElement>('td[tabindex="0"]')) other.tabIndex = -1;
    cell.tabIndex = 0;
  }

  private focusCell(): void {
    this.board.querySelector<HTMLElement>('td[tabindex="0"]')?.focus();
  }

  private focusChip(id: string): boolean {
    const chip = id ? document.getElementById(id) : null;
    chip?.focus();
    return chip !== null;
  }

  private add(origin: HTMLElement): void {
    if (origin.closest(".chip:not(.chip-busy)")) return;
    const url = origin.closest<HTMLElement>("td[role=gridcell]")?.dataset["addUrl"];
    if (url) location.assign(url);
  }

  // Moving ----------------------------------------------------------------------------------------

  private grab(chip: HTMLElement): void {
    this.grabbed = chip;
    this.close();
    chip.classList.add("is-grabbed");
    this.mark(chip.closest<HTMLElement>("td"));
    say(`${this.words(chip)} ${this.describe(this.target)}`);
  }

  private aim(arrow: [number, number]): void {
    const next = this.target && this.neighbour(this.target, arrow);
    if (!next) return;
    this.mark(next);
    next.scrollIntoView({ block: "nearest", inline: "nearest" });
    say(this.describe(next));
  }

  private cancelMove(): void {
    const chip = this.grabbed;
    this.release();
    chip?.focus();
  }

  private release(): void {
    this.grabbed?.classList.remove("is-grabbed");
    this.grabbed = null;
    this.mark(null);
  }

  private mark(cell: HTMLElement | null): void {
    for (const other of this.board.querySelectorAll(".is-target, .is-dragged")) {
      other.classList.remove("is-target", "is-dragged");
    }
    this.target = cell;
    cell?.classList.add("is-target");
  }

  /** Between pressing and letting go the board stays as it is: a refresh would take away what is being dragged. */
  private press(event: PointerEvent): void {
    if (!(event.target as HTMLElement).closest(".chip[data-move-url]")) return;
    window.clearTimeout(this.timer);
    this.isPressed = true;
  }

  private letGo(): void {
    this.isPressed = false;
    if (this.grabbed?.classList.contains("is-dragged")) this.release();
    else if (!this.grabbed) this.mark(null);
    if (this.isStale && !this.shown && !this.grabbed) void this.refresh();
  }

  private dragStart(event: DragEvent): void {
    const chip = (event.target as HTMLElement).closest<HTMLElement>(".chip[data-move-url]");
    if (!chip || !event.dataTransfer) return;
    this.grabbed = chip;
    this.close();
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "");
    requestAnimationFrame(() => chip.classList.add("is-dragged"));
  }

  private dragOver(event: DragEvent): void {
    const cell = (event.target as HTMLElement).closest<HTMLElement>("td[role=gridcell]");
    if (!cell || !this.grabbed) return;
    event.preventDefault();
    if (cell === this.target) return;
    const chip = this.grabbed;
    this.mark(cell);
    chip.classList.add("is-dragged");
  }

  private drop(event: DragEvent): void {
    const cell = (event.target as HTMLElement).closest<HTMLElement>("td[role=gridcell]");
    if (!cell || !this.grabbed) return;
    event.preventDefault();
    void this.move(this.grabbed, cell);
  }

  private async move(chip: HTMLElement, to: HTMLElement): Promise<void> {
    const from = chip.closest<HTMLElement>("td");
    const url = chip.dataset["moveUrl"];
    const { id } = chip;
    this.release();
    if (!url || !from || from === to) return this.focusChip(id) ? undefined : this.focusCell();
    const entry = chip.dataset["entry"] ?? "";
    const body = new URLSearchParams({
      person_from: from.dataset["person"] ?? "",
      person_to: to.dataset["person"] ?? "",
      day_from: chip.dataset["day"] ?? from.dataset["day"] ?? "",
      day: to.dataset["day"] ?? "",
      start: to.dataset["start"] ?? "",
      version: chip.dataset["version"] ?? "",
    });
    to.append(chip); // shown at once; the refreshed board is the truth
    await ask(url, { method: "POST", body });
    await this.refresh();
    const landed = this.cellLike(to)?.querySelector<HTMLElement>(entry ? `[data-entry="${CSS.escape(entry)}"]` : ".chip");
    if (landed) landed.focus();
    else this.cellLike(to)?.focus();
    say(this.describe(this.cellLike(to)));
  }

  private cellLike(cell: HTMLElement): HTMLElement | undefined {
    const { person, day, start } = cell.dataset;
    return this.cells()
      .flat()
      .find((each) => each.dataset["person"] === person && each.dataset["day"] === day && each.dataset["start"] === start);
  }

  private words(chip: HTMLElement): string {
    return chip.querySelector(".chip-text")?.textContent?.trim() ?? "";
  }

  private describe(cell: HTMLElement | null | undefined): string {
    return cell?.querySelector(".vh")?.textContent?.trim() ?? "";
  }

  // Keeping fresh ---------------------------------------------------------------------------------

  private changed = (): void => {
    if (this.shown || this.grabbed || this.isPressed) this.isStale = true;
    else void this.refresh();
  };

  private stale = (): void => void this.refresh().then(() => this.focusCell());

  private async submit(event: SubmitEvent): Promise<void> {
    const form = event.target as HTMLFormElement;
    if (!form.matches("[data-board-action]")) return;
    event.preventDefault();
    const body = new FormData(form);
    this.close();
    await ask(form.action, { method: "POST", body });
    await this.refresh();
    this.focusCell();
  }

  /** Loads the board anew, keeping scroll, the chosen cell and the focus (behaviour 30). */
  async refresh(): Promise<void> {
    const url = this.board.dataset["refreshUrl"];
    if (!url) return;
    if (this.refreshing) {
      // Whoever waits for a fresh board waits for one that was asked for after this moment.
      this.isStale = true;
      return this.refreshing;
    }
    this.refreshing = this.load(url);
    await this.refreshing;
  }

  private async load(url: string): Promise<void> {
    try {
      do {
        this.isStale = false;
        const response = await ask(url, { isBackground: true });
        if (!response.ok) return;
        this.replace(await response.text());
      } while (this.isStale);
    } finally {
      this.refreshing = null;
    }
  }

  private replace(html: string): void {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    const fresh = holder.content.querySelector<HTMLElement>("#board");
    if (!fresh) return;
    const frame = this.board.querySelector<HTMLElement>(".board-frame");
    const [top, left] = [frame?.scrollTop ?? 0, frame?.scrollLeft ?? 0];
    const active = document.activeElement as HTMLElement | null;
    const hadFocus = active !== null && this.board.contains(active);
    const chosen = this.board.querySelector<HTMLElement>('td[tabindex="0"]');
    const id = hadFocus ? active.id : "";
    const entry = hadFocus ? active.closest<HTMLElement>(".chip")?.dataset["entry"] : undefined;
    this.board.replaceWith(fresh);
    const framed = fresh.querySelector<HTMLElement>(".board-frame");
    framed?.scrollTo({ top, left });
    if (chosen) this.rove(this.cellLike(chosen) ?? fresh);
    if (!hadFocus || this.focusChip(id)) return;
    // The same appointment on another day carries another id.
    const same = entry ? fresh.querySelector<HTMLElement>(`.chip[data-entry="${CSS.escape(entry)}"]`) : null;
    if (same) same.focus();
    else this.focusCell();
  }
}
