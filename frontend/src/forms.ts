/**
 * Forms: Enter while converting never sends (behaviour 1), a second click makes no second record
 * (behaviour 25), and a form that came back with errors has its summary in focus (behaviour 23).
 */
import { sendAfterSignIn } from "./session-guard";

document.addEventListener(
  "keydown",
  (event) => {
    if (event.key === "Enter" && (event.isComposing || event.keyCode === 229)) event.stopPropagation();
    if (event.key === "Enter" && (event.isComposing || event.keyCode === 229) && event.target instanceof HTMLInputElement) {
      event.preventDefault();
    }
  },
  true,
);

document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset["isSending"]) {
    event.preventDefault();
    return;
  }
  if (sendAfterSignIn(form)) {
    event.preventDefault();
    return;
  }
  form.dataset["isSending"] = "true";
  for (const button of form.querySelectorAll("button")) button.setAttribute("aria-busy", "true");
});

// A page that comes back from the history may be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-is-sending]")) {
    delete form.dataset["isSending"];
    for (const button of form.querySelectorAll("button")) button.removeAttribute("aria-busy");
  }
});

document.getElementById("error-summary")?.focus();
