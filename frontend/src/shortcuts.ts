/**
 * One-letter shortcuts: never in a text field, never with Ctrl, Alt or Meta, never while converting, and off
 * where the person turned them off (`<html data-shortcuts="off">`, WCAG 2.1.4). A link with `data-key="j"`
 * is followed by that key.
 */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement;
  return event.isComposing || event.keyCode === 229 || target.matches("input, textarea, select, [contenteditable]");
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || isTyping(event)) return;
  if (document.documentElement.dataset["shortcuts"] === "off") return;
  if (document.querySelector("dialog[open]")) return;
  const key = event.key.toLowerCase();
  if (key === "/") focus(event, "#search");
  else if (key === "?") document.querySelector<HTMLDialogElement>("dialog#shortcuts")?.showModal();
  else if (key === "u") focus(event, "#toasts [data-undo]");
  else if (/^[a-z]$/.test(key)) document.querySelector<HTMLElement>(`a[data-key="${key}"]`)?.click();
});

function focus(event: KeyboardEvent, selector: string): void {
  const target = [...document.querySelectorAll<HTMLElement>(selector)].at(-1);
  if (!target) return;
  event.preventDefault();
  target.focus();
}
