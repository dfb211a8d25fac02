/** `<input data-filter="#list">` hides the items of the list whose `data-text` does not hold what is typed. */
import { fold } from "./text";

document.addEventListener("input", (event) => {
  const input = event.target as HTMLInputElement;
  const list = input.dataset?.["filter"];
  if (!list) return;
  const wanted = fold(input.value);
  for (const item of document.querySelectorAll<HTMLElement>(`${list} [data-text]`)) {
    item.hidden = !fold(item.dataset["text"] ?? "").includes(wanted);
  }
});
