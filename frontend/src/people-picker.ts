/**
 * Chooses people, organisations, posts and groups. Works as a plain field without script.
 *
 * Expects
 * `<people-picker name="participants" options-url="…?kinds=person,organisation">`
 *   `<ul class="picker-chips"><li class="picker-chip" data-key="person:12">佐藤 一郎<input type="hidden" name="participants" value="person:12"></li></ul>`
 *   `<input type="text" role="combobox" …>` `</people-picker>`
 * `options-url` with `&q=` answers `<ul role="listbox"><li role="option" data-key data-label>…</li></ul>`.
 */
import { ask } from "./requests";

const WAIT_MS = 120;

export class PeoplePicker extends HTMLElement {
  private input!: HTMLInputElement;
  private chips!: HTMLElement;
  private list: HTMLElement | null = null;
  private timer = 0;
  private asked = 0;

  connectedCallback(): void {
    const input = this.querySelector<HTMLInputElement>("input[type=text], input[type=search]");
    const chips = this.querySelector<HTMLElement>(".picker-chips");
    if (!input || !chips) return;
    this.input = input;
    this.chips = chips;
    for (const chip of chips.querySelectorAll<HTMLElement>("[data-key]")) this.addRemove(chip);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.autocomplete = "off";
    input.addEventListener("input", (event) => {
      if (!(event as InputEvent).isComposing) this.later();
    });
    input.addEventListener("compositionend", () => this.later());
    input.addEventListener("focus", () => this.later());
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => window.setTimeout(() => this.close(), 150));
  }

  private later(): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.fetch(), WAIT_MS);
  }

  private async fetch(): Promise<void> {
    const turn = ++this.asked;
    const url = new URL(this.getAttribute("options-url") ?? "", location.href);
    url.searchParams.set("q", this.input.value);
    const response = await ask(url.href, { isBackground: true });
    if (!response.ok || turn !== this.asked || document.activeElement !== this.input) return;
    this.show(await response.text());
  }

  private show(html: string): void {
    this.close();
    const holder = document.createElement("div");
    holder.innerHTML = html;
    const list = holder.querySelector<HTMLElement>("[role=listbox]");
    if (!list) return;
    list.classList.add("picker-list");
    list.id = `${this.input.id}-options`;
    this.append(list);
    this.list = list;
    this.input.setAttribute("aria-expanded", "true");
    this.input.setAttribute("aria-controls", list.id);
    list.addEventListener("pointerdown", (event) => {
      const option = (event.target as HTMLElement).closest<HTMLElement>("[role=option][data-key]");
      event.preventDefault();
      if (option) this.choose(option);
    });
    this.select(this.options()[0]);
  }

  private close(): void {
    this.list?.remove();
    this.list = null;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  private options(): HTMLElement[] {
    return [...(this.list?.querySelectorAll<HTMLElement>("[role=option][data-key]") ?? [])];
  }

  private selected(): HTMLElement | undefined {
    return this.options().find((option) => option.getAttribute("aria-selected") === "true");
  }

  private select(option: HTMLElement | undefined): void {
    if (!option) return;
    this.selected()?.setAttribute("aria-selected", "false");
    option.setAttribute("aria-selected", "true");
    option.id ||= `${this.input.id}-${option.dataset["key"]?.replace(":", "-")}`;
    option.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option.id);
  }

  private key(event: KeyboardEvent): void {
    if (event.isComposing || event.keyCode === 229) return;
    const options = this.options();
    const at = options.indexOf(this.selected() as HTMLElement);
    if (event.key === "ArrowDown" && options.length) this.select(options[(at + 1) % options.length]);
    else if (event.key === "ArrowUp" && options.length) this.select(options[(at - 1 + options.length) % options.length]);
    else if (event.key === "Enter" && this.list) {
      const option = this.selected();
      if (option) this.choose(option);
    } else if (event.key === "Escape" && this.list) this.close();
    else if (event.key === "Backspace" && !this.input.value) this.chips.lastElementChild?.remove();
    else return;
    if (event.key !== "Backspace") event.preventDefault();
  }

  private choose(option: HTMLElement): void {
    const { key, label } = option.dataset;
    this.input.value = "";
    this.close();
    if (!key || this.chips.querySelector(`[data-key="${CSS.escape(key)}"]`)) return;
    const chip = document.createElement("li");
    chip.className = "picker-chip";
    chip.dataset["key"] = key;
    chip.append(label ?? key);
    const value = document.createElement("input");
    value.type = "hidden";
    value.name = this.getAttribute("name") ?? "";
    value.value = key;
    chip.append(value);
    this.chips.append(chip);
    this.addRemove(chip);
    this.input.focus();
    this.dispatchEvent(new CustomEvent("change", { bubbles: true }));
  }

  private addRemove(chip: HTMLElement): void {
    if (chip.querySelector("button")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "×";
    button.setAttribute("aria-label", `${chip.textContent?.trim()} ${this.dataset["remove"] ?? "×"}`);
    button.addEventListener("click", () => {
      chip.remove();
      this.input.focus();
      this.dispatchEvent(new CustomEvent("change", { bubbles: true }));
    });
    chip.append(button);
  }
}
