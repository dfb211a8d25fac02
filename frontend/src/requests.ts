/** How a behaviour talks to the server: same origin, with the CSRF token, and never past a lost session. */
import { showNotices } from "./toasts";
import { heedSession, signInAgain } from "./session-guard";

export const csrfToken = (): string => document.body.dataset["csrf"] ?? "";

export interface Asked {
  method?: "GET" | "POST";
  body?: FormData | URLSearchParams;
  isBackground?: boolean;
}

/**
 * Fetches a fragment. An answer that says "sign in" is never returned: the dialog opens, and once somebody
 * signed in the same request is sent again, so that nothing typed is lost (behaviour 24).
 */
export async function ask(url: string, { method = "GET", body, isBackground = false }: Asked = {}): Promise<Response> {
  const headers: Record<string, string> = { "HX-Request": "true", "X-Requested-With": "fetch" };
  if (method === "POST") headers["X-CSRFToken"] = csrfToken();
  if (isBackground) headers["X-Background"] = "1";
  const options: RequestInit = { method, headers, credentials: "same-origin" };
  if (body !== undefined) options.body = body;
  const response = await fetch(url, options);
  if (response.status === 401 && response.headers.get("X-Sign-In")) {
    if (isBackground) return response;
    await signInAgain();
    body?.delete("csrfmiddlewaretoken");
    return ask(url, { method, ...(body === undefined ? {} : { body }), isBackground });
  }
  heedSession(response);
  showNotices(response);
  return response;
}
