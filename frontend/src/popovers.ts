/**
 * Places popovers beside what opened them (through the style object, which the content policy allows), opens
 * dialogs named by `data-open`, prints by `data-print`.
 */
const GAP = 6;
const EDGE = 8;

export function placeBelow(popover: HTMLElement, anchor: HTMLElement): void {
  const at = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = popover;
  const left = Math.max(EDGE, Math.min(at.left, innerWidth - width - EDGE));
  const below = at.bottom + GAP + height <= innerHeight;
  popover.style.left = `${left}px`;
  popover.style.top = `${below ? at.bottom + GAP : Math.max(EDGE, at.top - height - GAP)}px`;
}

/** Beside the anchor when there is room, below it otherwise; never over it (behaviour 7). */
export function placeBeside(popover: HTMLElement, anchor: HTMLElement): void {
  const at = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = popover;
  const right = at.right + EDGE + width <= innerWidth;
  const left = at.left - EDGE - width >= 0;
  if (!right && !left) return placeBelow(popover, anchor);
  popover.style.left = `${right ? at.right + EDGE : at.left - EDGE - width}px`;
  popover.style.top = `${Math.max(EDGE, Math.min(at.top - EDGE, innerHeight - height - EDGE))}px`;
}

document.addEventListener(
  "toggle",
  (event) => {
    const popover = event.target as HTMLElement;
    if ((event as ToggleEvent).newState !== "open" || !popover.id) return;
    const opener = document.querySelector<HTMLElement>(`[popovertarget="${CSS.escape(popover.id)}"]`);
    if (!opener) return;
    placeBelow(popover, opener);
    popover.querySelector<HTMLElement>("input, a, button")?.focus();
  },
  true,
);

document.addEventListener("click", (event) => {
  const target = event.target as HTMLElement;
  const opener = target.closest<HTMLElement>("[data-open]");
  if (opener) document.querySelector<HTMLDialogElement>(`dialog#${CSS.escape(opener.dataset["open"] ?? "")}`)?.showModal();
  if (target.closest("[data-print]")) window.print();
});
